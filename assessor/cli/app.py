"""The Typer application that commands register with."""

import typer

app = typer.Typer(
    name="assessor",
    help="Interviews and assesses the people who train AI models; issues signed verdicts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="API keys of platforms.", no_args_is_help=True)
reviewers = typer.Typer(help="People who audit.", no_args_is_help=True)
simulations = typer.Typer(help="Try the service with simulated people.", no_args_is_help=True)
banks = typer.Typer(help="Question banks, for those who write them.", no_args_is_help=True)
items = typer.Typer(help="Items that candidates were given.", no_args_is_help=True)
panels = typer.Typer(help="Panels of experts, who rate items.", no_args_is_help=True)
pilots = typer.Typer(help="Pilots: what one costs, and how far each platform has come.", no_args_is_help=True)
outcomes = typer.Typer(help="Later work, and how well verdicts predicted it.", no_args_is_help=True)
fairness = typer.Typer(help="Whether groups fare unlike, and what is due to chance.", no_args_is_help=True)
retention = typer.Typer(help="How long what is kept of candidates stays.", no_args_is_help=True)
mails = typer.Typer(help="Mail to candidates.", no_args_is_help=True)
audits = typer.Typer(help="Evidence for outsiders: packages, chains, the audit log.", no_args_is_help=True)
shadows = typer.Typer(help="Other gradings, tried on stored work first.", no_args_is_help=True)
app.add_typer(shadows, name="shadow")
app.add_typer(audits, name="audit")
app.add_typer(keys, name="keys")
app.add_typer(reviewers, name="reviewers")
app.add_typer(simulations, name="simulate")
app.add_typer(banks, name="library")
app.add_typer(items, name="items")
app.add_typer(panels, name="panel")
app.add_typer(pilots, name="pilot")
app.add_typer(outcomes, name="outcomes")
app.add_typer(fairness, name="fairness")
app.add_typer(retention, name="retention")
app.add_typer(mails, name="mail")
