# Made by `daybook export airflow`. Do not edit it: make it again when models have come or gone.

import shlex
from datetime import timedelta

import pendulum
from airflow.exceptions import AirflowFailException, AirflowSkipException
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

PROJECT = "/srv/daybook"
DAYBOOK = "npx daybook"

# What passes by itself: the warehouse is away, or another run holds it.
TRY_AGAIN = 75


class Daybook(BashOperator):
    """One command of Daybook. Exit code 75 and a signal are tried again, every other failure is final."""

    # Commands are no templates: what looks like one in a name is none.
    template_fields = ("env",)
    template_ext = ()

    def __init__(self, *, command, **kwargs):
        super().__init__(
            bash_command=command,
            cwd=PROJECT,
            # All tasks of one DAG run are one run of Daybook, also when they are tried again.
            env={"DAYBOOK_RUN_KEY": "{{ dag.dag_id }}/{{ run_id }}"},
            append_env=True,
            skip_on_exit_code=[code for code in range(1, 128) if code != TRY_AGAIN],
            **kwargs,
        )

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowSkipException as skip:
            raise AirflowFailException(f"{self.task_id} failed, and would fail again") from skip


def run(arguments):
    return f'{DAYBOOK} pipeline run {arguments} --wait 300 --run-key "$DAYBOOK_RUN_KEY"'


with DAG(
    dag_id="daybook",
    description="Sales",
    schedule="0 6 * * *",
    start_date=pendulum.datetime(2020, 1, 1, tz="Europe/Berlin"),
    catchup=False,
    max_active_runs=1,
    tags=["daybook"],
    default_args={
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": True,
    },
):
    load = Daybook(task_id="load", command=run("--only-load"))
    # Builds what this file does not know yet, and takes off what is gone.
    rest = Daybook(task_id="rest", command=run("--no-load"))
    load >> rest
    tasks = {}
    # The task, the model, and the tasks that come before it.
    for task_id, model, before in [
        ("silver.day", "silver.day", []),
        ("gold.revenue", "gold.revenue", ["silver.day"]),
        ("gold.sh", "gold.sh", ["silver.day"]),
    ]:
        command = run(f"--no-load --select {shlex.quote(model)}")
        task = tasks[task_id] = Daybook(task_id=task_id, command=command)
        load >> task >> rest
        for other in before:
            tasks[other] >> task
    rest >> Daybook(task_id="notebooks", command=f"{DAYBOOK} notebooks run")
