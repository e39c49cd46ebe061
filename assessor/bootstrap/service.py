"""The service as a whole: web and command line call what is put together here."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from assessor import crash_points
from assessor.adapters.clock import SystemClock, SystemRandom
from assessor.adapters.code import JailedCode
from assessor.adapters.content.uploads import UploadReader
from assessor.adapters.logs import configure_logs
from assessor.adapters.passwords import Argon2Passwords
from assessor.bootstrap import parts
from assessor.bootstrap.background import beside, each_time, repeating
from assessor.bootstrap.crashing import crash_hook
from assessor.bootstrap.measuring import measured, traced
from assessor.bootstrap.pilots import gold_replay, piloting_over, sampling
from assessor.bootstrap.working import working
from assessor.ports import Content, Store
from assessor.services.access import Access
from assessor.services.adjudicating import Adjudicating
from assessor.services.adjusting import Adjusting
from assessor.services.agreeing import Agreeing
from assessor.services.amending import Amending
from assessor.services.answering import Answering
from assessor.services.appealing import Appealing
from assessor.services.applied_rubrics import AppliedRubrics
from assessor.services.asking import Asking
from assessor.services.audit_package import Packing
from assessor.services.auditing import Auditing
from assessor.services.badges import Badges
from assessor.services.bank_surveys import BankSurveys
from assessor.services.caring import Caring
from assessor.services.changing import Changing
from assessor.services.consenting import Consenting
from assessor.services.conversing import Conversing
from assessor.services.declaring import Declaring
from assessor.services.delivering import Delivering
from assessor.services.erasing import Erasing
from assessor.services.exchanges import Exchanges
from assessor.services.explaining import Explaining
from assessor.services.exporting import Exporting
from assessor.services.fairness import Fairness
from assessor.services.federating import Federation
from assessor.services.follow_ups import FollowUps
from assessor.services.handing_in import HandingIn
from assessor.services.hearing import Hearing
from assessor.services.idempotency import Idempotency
from assessor.services.identifying import Identifying
from assessor.services.incident import Incidents
from assessor.services.inviting import Inviting
from assessor.services.knowing import Knowing
from assessor.services.known_cases import KnownCases
from assessor.services.leasing import Leasing
from assessor.services.letting_in import LettingIn
from assessor.services.libraries import OwnLibraries
from assessor.services.listening import Listening
from assessor.services.log import AssessmentLog
from assessor.services.mailing import Mailing
from assessor.services.marking import Sheets
from assessor.services.moving import Moving
from assessor.services.near_duplicates import NearDuplicates, scored_and_compared
from assessor.services.notifying import Notifying
from assessor.services.ordering import Ordering
from assessor.services.outcomes import Recording
from assessor.services.outlooks import Outlooks
from assessor.services.overriding import Overriding
from assessor.services.overseeing import Overseeing
from assessor.services.pausing import Pausing
from assessor.services.people import People
from assessor.services.piloting import Piloting
from assessor.services.polling import Polling
from assessor.services.qualifying import Qualifying
from assessor.services.questioning import Questioning
from assessor.services.recalling import Recalling
from assessor.services.replying import Replying
from assessor.services.reviewing import Reviewing
from assessor.services.revoking import Revoking
from assessor.services.scoring import Scoring
from assessor.services.second_looks import SecondLooks
from assessor.services.shadowing import Shadowing
from assessor.services.sharing import Sharing
from assessor.services.signal_findings import SignalFindings
from assessor.services.signal_rules import SignalRules
from assessor.services.subject_archive import SubjectArchive
from assessor.services.subscribing import Subscribing
from assessor.services.surveying import Surveying
from assessor.services.training import Training
from assessor.settings import Settings

SWEEP_SECONDS = 60
PLACES_SECONDS = 20
RETENTION_SECONDS = 3600
"""Terms are counted in days; a deletion that was held back may wait an hour longer."""


@dataclass(frozen=True)
class Services:
    """Everything that the web and the command line call."""

    settings: Settings
    store: Store
    content: Content
    access: Access
    auditing: Auditing
    packing: Packing
    incidents: Incidents
    exporting: Exporting
    people: People
    federation: Federation | None
    """None where no provider of sign-ins is set up."""
    inviting: Inviting
    ordering: Ordering
    identifying: Identifying
    adjusting: Adjusting
    letting_in: LettingIn
    conversing: Conversing
    pausing: Pausing
    caring: Caring
    asking: Asking
    consenting: Consenting
    moving: Moving
    amending: Amending
    answering: Answering
    scoring: Scoring
    reviewing: Reviewing
    leasing: Leasing
    training: Training
    exchanges: Exchanges
    known_cases: KnownCases
    sheets: Sheets
    overriding: Overriding
    adjudicating: Adjudicating
    revoking: Revoking
    delivering: Delivering
    changing: Changing
    shadowing: Shadowing
    piloting: Piloting
    second_looks: SecondLooks
    appealing: Appealing
    hearing: Hearing
    replying: Replying
    near_duplicates: NearDuplicates
    signal_rules: SignalRules
    signal_findings: SignalFindings
    questioning: Questioning
    follow_ups: FollowUps
    listening: Listening
    badges: Badges
    subscribing: Subscribing
    recording: Recording
    declaring: Declaring
    libraries: OwnLibraries
    explaining: Explaining
    qualifying: Qualifying
    sharing: Sharing
    mailing: Mailing
    polling: Polling
    knowing: Knowing
    agreeing: Agreeing
    bank_surveys: BankSurveys
    recalling: Recalling
    overseeing: Overseeing
    idempotency: Idempotency
    erasing: Erasing
    subject_archive: SubjectArchive
    model_name: str | None
    """The configured interviewing model, or None for the embedded default."""


async def _sweep(services: Services, handing_in: HandingIn, notifying: Notifying) -> None:
    """Take up once what is overdue."""
    await handing_in.hand_in()
    await services.pausing.resume_overdue()  # first: what it wakes may be over already
    await services.answering.submit_overdue()
    await services.ordering.expire_overdue()
    await services.identifying.settle_overdue()
    await services.near_duplicates.compare_overdue()
    await services.near_duplicates.end_unanswered()
    await services.piloting.fall_back()
    await notifying.forget_old()
    await services.mailing.forget_old()
    await services.polling.forget_old()
    await services.idempotency.forget_old()
    await services.letting_in.forget_old()


def _ending_terms(services: Services) -> AbstractAsyncContextManager[None]:
    """Erase, while this lasts, what is not kept any longer."""
    return beside(each_time(services.erasing.erase_due, RETENTION_SECONDS), "retention")


def _keeping_places(letting_in: LettingIn) -> AbstractAsyncContextManager[None]:
    """Write down, while this lasts, whose interviews go on."""
    return beside(each_time(letting_in.write_down, PLACES_SECONDS), "places")


def _shadow_runs(services: Services) -> AbstractAsyncContextManager[None]:
    return beside(each_time(services.shadowing.go_on, SWEEP_SECONDS), "shadow runs")


@asynccontextmanager
async def running(settings: Settings, *, works: bool = True) -> AsyncIterator[Services]:
    """Build the service, sweep what was left undone, and close everything at the end.

    A process that does not work hands jobs to those that do. Raises Conflict when another process works
    under this one's executor id.
    """
    from assessor.adapters.model import models
    from assessor.adapters.webhooks import HttpReceivers
    from assessor.interview.graph import Interviewer

    configure_logs(settings.log_level, for_machines=settings.environment == "production")
    crash_points.install(crash_hook(settings))
    clock, random = SystemClock(), SystemRandom()
    prompts = parts.prompts()
    await parts.content().library()
    signer = parts.signer(settings)
    receivers = HttpReceivers(allow_loopback=settings.webhook_allow_loopback)
    async with (
        traced(settings),
        parts.stored(settings, serving=True) as store,
        models(parts.choice(settings), store, clock, store) as chosen,
        parts.identity_service(settings) as identity_service,
        parts.stream(settings, store) as (stream, floor),
    ):
        content = parts.content_with_own(store)
        assessments = AssessmentLog(store, clock)
        judge, graders = (
            parts.judge(chosen.judges, prompts, settings),
            parts.graders(chosen, prompts, settings),
        )
        notifying = Notifying(
            store,
            receivers,
            clock,
            source=settings.public_url,
            worker=settings.executor_id,
            schedule=settings.webhook_retry_seconds,
        )
        scoring = Scoring(
            assessments,
            content,
            signer,
            judge,
            JailedCode(settings.code_isolation),
            store,
            sampling=await sampling(settings, store),
            graders=graders,
        )
        applied = AppliedRubrics(
            lambda recorded, templates: parts.judge(recorded, prompts.replaced(templates), settings)
        )
        auditing = Auditing(store, clock)
        near_duplicates = NearDuplicates(
            store, assessments, content, clock, await store.derived_key("answer signatures")
        )
        async with working(
            settings, store, scored_and_compared(scoring, near_duplicates), works=works
        ) as jobs:
            inviting = Inviting(
                store,
                assessments,
                clock,
                random,
                public_url=settings.public_url,
                invite_days=settings.invite_days,
            )
            ordering = Ordering(
                store,
                assessments,
                content,
                prompts,
                clock,
                random,
                inviting,
                identity_service=identity_service,
            )
            letting_in = LettingIn(
                store, clock, at_once=settings.interviews_at_once, waited=chosen.seconds_waited
            )
            conversing = Conversing(
                assessments,
                content,
                Interviewer(chosen.interviewer, prompts),
                stream,
                clock,
                random,
                retirements=store,
                max_message_chars=settings.max_message_chars,
                without_model=Interviewer(None, prompts),
                floor=floor,
                letting_in=letting_in,
            )
            outlooks = Outlooks(assessments, content, store)
            sheets = Sheets(assessments, scoring, outlooks)
            training = Training(store, content, clock)
            services = Services(
                settings=settings,
                store=store,
                content=content,
                access=Access(store, Argon2Passwords(), clock, random),
                auditing=auditing,
                exporting=Exporting(store, auditing, parts.typesetting()),
                packing=Packing(store, content, signer, clock),
                incidents=Incidents(store, signer, clock),
                federation=parts.federation(settings, store, clock, random),
                people=People(store, Argon2Passwords(), clock, random),
                inviting=inviting,
                ordering=ordering,
                identifying=Identifying(
                    store,
                    assessments,
                    scoring,
                    identity_service,
                    clock,
                    public_url=settings.public_url,
                    letting_in=letting_in,
                ),
                adjusting=Adjusting(assessments, store),
                letting_in=letting_in,
                conversing=conversing,
                pausing=Pausing(store, assessments, clock),
                caring=Caring(assessments),
                asking=Asking(assessments),
                consenting=Consenting(assessments),
                moving=Moving(
                    store, assessments, inviting, clock, random, pepper=await store.derived_key("move codes")
                ),
                amending=Amending(
                    store, assessments, content, clock, max_message_chars=settings.max_message_chars
                ),
                answering=Answering(store, assessments, content, clock, jobs),
                scoring=scoring,
                leasing=Leasing(store, assessments, training, clock),
                training=training,
                exchanges=Exchanges(
                    store,
                    content,
                    lambda recorded, grading, watch: parts.recorded_judge(
                        recorded, prompts.replaced(grading.prompts), watch
                    ),
                    auditing,
                ),
                known_cases=KnownCases(store, content, clock, random, settings.known_case_share),
                reviewing=Reviewing(
                    store, assessments, content, scoring, ordering, jobs, applied, sheets, outlooks, clock
                ),
                sheets=sheets,
                overriding=Overriding(assessments, scoring),
                adjudicating=Adjudicating(assessments, content, scoring),
                revoking=Revoking(store, assessments),
                changing=Changing(store, clock),
                shadowing=Shadowing(
                    store,
                    content,
                    graders,
                    JailedCode(settings.code_isolation),
                    clock,
                    random,
                    worker=settings.executor_id,
                ),
                piloting=piloting_over(settings, store, content, prompts),
                second_looks=SecondLooks(assessments, content),
                appealing=Appealing(assessments, clock),
                hearing=Hearing(assessments, content, scoring),
                replying=Replying(assessments),
                near_duplicates=near_duplicates,
                signal_rules=(signal_rules := SignalRules(store, clock)),
                signal_findings=SignalFindings(assessments, near_duplicates, content, signal_rules, clock),
                questioning=Questioning(assessments),
                follow_ups=FollowUps(assessments),
                listening=Listening(store, assessments, clock),
                badges=Badges(store, content, signer, public_url=settings.public_url),
                subscribing=Subscribing(store, receivers, clock, random),
                recording=Recording(store, clock, random),
                declaring=Declaring(store, assessments, clock),
                libraries=OwnLibraries(store, content, UploadReader(), clock),
                delivering=Delivering(store, assessments, signer, clock),
                explaining=Explaining(store, content),
                qualifying=Qualifying(store, content, clock),
                sharing=Sharing(store, assessments, content, clock, random, public_url=settings.public_url),
                mailing=Mailing(
                    store,
                    assessments,
                    content,
                    parts.letters(),
                    parts.mailer(settings),
                    await parts.mail_links(settings, store),
                    clock,
                    public_url=settings.public_url,
                    worker=settings.executor_id,
                ),
                knowing=Knowing(store, clock),
                agreeing=Agreeing(store, clock),
                bank_surveys=BankSurveys(Surveying(store, store, content).survey, clock),
                recalling=Recalling(store),
                overseeing=Overseeing(Fairness(store, assessments), auditing, clock),
                polling=Polling(store, clock, source=settings.public_url),
                idempotency=Idempotency(store, clock),
                erasing=Erasing(store, assessments, jobs, parts.ledger(settings), clock, random),
                subject_archive=SubjectArchive(store, assessments, signer, clock),
                model_name=chosen.shown,
            )

            async with contextlib.AsyncExitStack() as background:
                await background.enter_async_context(_keeping_places(letting_in))
                if settings.metrics_port:
                    await background.enter_async_context(measured(settings, store, clock))
                if works:
                    sweep = partial(_sweep, services, HandingIn(store, scoring, jobs), notifying)
                    await background.enter_async_context(repeating(sweep, SWEEP_SECONDS))
                    await background.enter_async_context(notifying.running())
                    await background.enter_async_context(services.mailing.running())
                    await background.enter_async_context(_ending_terms(services))
                    await background.enter_async_context(_shadow_runs(services))
                gold = gold_replay(settings, store, services.piloting, chosen.judges, judge)
                if works and gold:
                    work = each_time(gold.run_if_due, SWEEP_SECONDS)
                    await background.enter_async_context(beside(work, "gold"))
                try:
                    yield services
                finally:
                    await conversing.close()
                    await services.bank_surveys.close()
