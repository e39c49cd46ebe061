"""Daily replays of gold responses in the database: one row a day, which a worker takes."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import GOLD_RUN
from assessor.ports import GoldRun


class SqlGoldRuns(StorePart):
    """Fulfils `GoldRuns`."""

    async def claim_gold_run(self, run: GoldRun, cut_off_before: datetime) -> bool:
        """Begin a day's replay; return whether it is the caller's to do.

        It is when nobody began it, or when who began it before `cut_off_before` has not ended it.
        """
        try:
            await self._execute(insert(GOLD_RUN).values(**vars(run)))
        except IntegrityError:
            left = (
                (GOLD_RUN.c.day == run.day)
                & GOLD_RUN.c.ended_at.is_(None)
                & (GOLD_RUN.c.began_at < cut_off_before)
            )
            return await self._execute(update(GOLD_RUN).where(left).values(**vars(run))) == 1
        return True

    async def end_gold_run(self, run: GoldRun) -> None:
        """Note how it ended, unless another worker has taken it over."""
        mine = (GOLD_RUN.c.day == run.day) & (GOLD_RUN.c.worker == run.worker)
        begun = mine & (GOLD_RUN.c.began_at == run.began_at)
        await self._execute(update(GOLD_RUN).where(begun).values(**vars(run)))

    async def latest_gold_run(self) -> GoldRun | None:
        """Return the newest day's."""
        row = await self._first(select(GOLD_RUN).order_by(GOLD_RUN.c.day.desc()))
        return None if row is None else GoldRun(*tuple(row))
