"""What the Prefect server does by itself: free a run whose process is gone."""

from datetime import timedelta

from prefect.automations import Automation, AutomationCore
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture

from flows.environment import HEARTBEAT, SILENCE

_BEAT = "prefect.flow-run.heartbeat"

#: A run that was heard of and then falls silent is marked Crashed, which frees its place in the queue.
FREE_DEAD_RUNS = AutomationCore(
    name="aftershow: free dead runs",
    description=f"Marks a run Crashed that gave no sign of life for {SILENCE} seconds: its process is gone.",
    trigger=EventTrigger(
        after={_BEAT},
        # Any event of the run, not only the next heartbeat: a run may end in a state with a name of its own.
        expect={"prefect.flow-run.*"},
        match={"prefect.resource.id": "prefect.flow-run.*"},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=SILENCE),
    ),
    actions=[
        ChangeFlowRunState(
            state=StateType.CRASHED,
            name="Crashed",
            message=f"No sign of life for {SILENCE} seconds, and one is due every {HEARTBEAT}: it is gone.",
            force=False,
        )
    ],
)


def ensure_automations(client: SyncPrefectClient) -> None:
    """Create our automation where it is missing; one that is there stays as a person left it."""
    if not client.read_automations_by_name(FREE_DEAD_RUNS.name):
        Automation(**FREE_DEAD_RUNS.model_dump()).create()
