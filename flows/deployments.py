"""What of a workspace runs by itself: campaigns, imports and housekeeping, as deployments in Prefect."""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowFilter
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import Flow
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.reading import load_campaigns
from aftershow.desk import Desk
from aftershow.errors import UsageError
from aftershow.signing import load_secret
from aftershow.workspace.shows import Show
from aftershow.workspace.workspace import SHOWS
from aftershow.workspace.yaml.yaml_file import YamlFile
from flows.automations import ensure_automations
from flows.helpers import HELPERS
from flows.housekeeping import housekeeping
from flows.import_leads import import_leads
from flows.pool import POOL, ensure_pool
from flows.run_campaign import run_campaign
from flows.send_shards import send_shards

#: Every deployment of ours has this tag.
TAG = "aftershow"
#: How the tag begins that says whose it is.
MARK = "workspace-"
#: The name by which a deployment's schedule is known again.
SLUG = "aftershow"
_FLOWS: tuple[Flow[Any, Any], ...] = (run_campaign, send_shards, import_leads, housekeeping)
#: Prefect reads so many deployments at a time.
_PAGE = 200
#: How many minutes lie between two looks into a folder of lead files.
LOOKS = 15
#: When what dead senders left is freed.
HOUSEKEEPING = "5,35 * * * *"
#: A turn that is still going lets the next one go; what was due then is due in the one after.
ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A deployment as the workspace wants it."""

    flow: Flow[Any, Any]
    name: str
    parameters: dict[str, Any]
    description: str
    tags: list[str]
    #: tells one edition of the file from another
    version: str
    #: cron and time zone; None for what people or other runs start
    schedule: tuple[str, str] | None
    #: how many runs at once; None: any number
    limit: ConcurrencyLimitConfig | None

    @property
    def full_name(self) -> str:
        """Return the name in Prefect's pages: flow/deployment."""
        return f"{self.flow.name}/{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployed:
    """What deploying changed, by full names: the document of `aftershow deploy --json`."""

    deployed: list[str]
    removed: list[str]
    unchanged: list[str]


def deploy(desk: Desk, client: SyncPrefectClient) -> Deployed:
    """Make the server's deployments those of the workspace; what a person paused stays paused.

    Raises WorkspaceError when a campaign has mistakes, and UsageError when the server works for another
    workspace; nothing is changed then.
    """
    _refuse_strangers(desk, _read_all(client))
    return redeploy(desk, client)


def redeploy(desk: Desk, client: SyncPrefectClient) -> Deployed:
    """Do as `deploy` on a server that is surely the workspace's own."""
    wanted = {want.full_name: want for want in _wanted(desk)}
    there = _read_all(client)
    ensure_pool(client)
    ensure_automations(client)
    changed = [name for name, want in wanted.items() if not _is_as_wanted(want, there.get(name))]
    for name in changed:
        _apply(client, wanted[name], there.get(name))
    gone = [name for name, one in there.items() if name not in wanted and TAG in one.tags]
    for name in gone:
        client.delete_deployment(there[name].id)
    return Deployed(
        deployed=sorted(changed), removed=sorted(gone), unchanged=sorted(wanted.keys() - set(changed))
    )


def _wanted(desk: Desk) -> Iterator[Wanted]:
    mark = _mark(desk)
    for campaign in load_campaigns(desk.workspace).values():
        yield _campaign(campaign, mark)
    for show in desk.workspace.shows.values():
        yield _imports(desk, show, mark)
    yield Wanted(
        flow=housekeeping,
        name="all-campaigns",
        parameters={},
        description="Frees what senders that died had claimed, and counts what they may have sent.",
        tags=[TAG, mark],
        version=_version(desk.workspace.settings_source),
        schedule=(HOUSEKEEPING, desk.workspace.settings.timezone),
        limit=ONE_AT_A_TIME,
    )
    yield Wanted(
        flow=send_shards,
        name=HELPERS,
        parameters={},
        description="Helps the run of a campaign to send, which starts it when there are other workers.",
        tags=[TAG, mark],
        version=_version(desk.workspace.settings_source),
        schedule=None,
        limit=None,
    )


def _campaign(campaign: Campaign, mark: str) -> Wanted:
    schedule = campaign.model.schedule
    zone = campaign.workspace.settings.timezone
    return Wanted(
        flow=run_campaign,
        name=campaign.name,
        parameters={"campaign": campaign.name},
        description=campaign.model.purpose,
        tags=[TAG, mark, campaign.name],
        version=_version(campaign.source),
        schedule=(str(schedule.every), schedule.timezone or zone) if schedule else None,
        limit=ONE_AT_A_TIME,
    )


def _imports(desk: Desk, show: Show, mark: str) -> Wanted:
    return Wanted(
        flow=import_leads,
        name=show.show,
        parameters={"show": show.show},
        description=f"Imports new lead files of {show.name} from leads/{show.show}/.",
        tags=[TAG, mark, show.show],
        version=_version(YamlFile.load(desk.workspace.root, f"{SHOWS}/{show.show}.yaml")),
        schedule=(_spread(show.show), desk.workspace.settings.timezone),
        limit=ONE_AT_A_TIME,
    )


def _spread(name: str) -> str:
    """Return the times of a show's imports, as cron: all at once would keep Prefect's database waiting."""
    first = crc32(name.encode()) % LOOKS
    return f"{','.join(str(minute) for minute in range(first, 60, LOOKS))} * * * *"


def _version(source: YamlFile) -> str:
    return source.sha256[:12]


def _read_all(client: SyncPrefectClient) -> dict[str, DeploymentResponse]:
    """Return every deployment of our flows by its full name, whoever made it."""
    names = {flow.id: flow.name for flow in client.read_flows()}
    ours = FlowFilter.model_validate({"name": {"any_": [flow.name for flow in _FLOWS]}})
    found: list[DeploymentResponse] = []
    while page := client.read_deployments(flow_filter=ours, limit=_PAGE, offset=len(found)):
        found += page
    return {f"{names[one.flow_id]}/{one.name}": one for one in found}


def _mark(desk: Desk) -> str:
    """Return the tag of whatever is this workspace's, on all machines: what only its database can tell."""
    with desk.engine.begin() as connection:
        kept = load_secret(connection)
    return MARK + hmac.digest(kept, b"aftershow workspace", "sha256").hex()[:12]


def _refuse_strangers(desk: Desk, there: Mapping[str, DeploymentResponse]) -> None:
    """Workers of a server have one workspace: what another one deployed would run there, on other people."""
    ours = {_mark(desk), str(desk.workspace.root)}
    for name, one in there.items():
        if TAG in one.tags and not ours & _owners(one):
            raise UsageError(
                f"This Prefect server works for another workspace, or for this one with another database: "
                f"`{name}` is not ours. Give each a server of its own. If the database was replaced, delete "
                "the deployments in Prefect's pages and deploy again."
            )


def _owners(there: DeploymentResponse) -> set[str]:
    """Return the marks of whose a deployment is; earlier versions gave the folder as a parameter."""
    marks = {tag for tag in there.tags if tag.startswith(MARK)}
    return marks or {str(there.parameters.get("workspace"))}


def _is_as_wanted(want: Wanted, there: DeploymentResponse | None) -> bool:
    return there is not None and _wanted_face(want) == _face(there)


def _wanted_face(want: Wanted) -> dict[str, Any]:
    return {
        "entrypoint": _entrypoint(want.flow),
        "parameters": want.parameters,
        "description": want.description,
        "tags": sorted(want.tags),
        "version": want.version,
        "schedules": [want.schedule] if want.schedule else [],
        "pool": POOL,
        # What would be done on the worker before the flow.
        "besides": ([], {}),
        "limit": (want.limit and want.limit.limit, want.limit and want.limit.collision_strategy),
    }


def _face(there: DeploymentResponse) -> dict[str, Any]:
    limit, options = there.global_concurrency_limit, there.concurrency_options
    return {
        "entrypoint": there.entrypoint,
        "parameters": there.parameters,
        "description": there.description,
        "tags": sorted(there.tags),
        "version": there.version,
        "schedules": [_times(schedule.schedule) for schedule in there.schedules],
        "pool": there.work_pool_name,
        "besides": (there.pull_steps or [], there.job_variables or {}),
        "limit": (limit and limit.limit, options and options.collision_strategy),
    }


def _times(schedule: object) -> tuple[str, str | None] | None:
    """What is no cron was made by a person, and is not as wanted."""
    return (schedule.cron, schedule.timezone) if isinstance(schedule, CronSchedule) else None


def _entrypoint(flow: Flow[Any, Any]) -> str:
    return f"{flow.fn.__module__}.{flow.fn.__name__}"


def _apply(client: SyncPrefectClient, want: Wanted, there: DeploymentResponse | None) -> None:
    """Write a deployment; a plain re-apply would start what a person paused, and keep schedules that went."""
    before = there.schedules if there else []
    for schedule in before:
        if schedule.deployment_id and (want.schedule is None or schedule.slug != SLUG):
            client.delete_deployment_schedule(schedule.deployment_id, schedule.id)
    is_active = all(schedule.active for schedule in before)
    schedules = [
        Cron(cron, timezone=zone, slug=SLUG, active=is_active) for cron, zone in filter(None, [want.schedule])
    ]
    RunnerDeployment.from_flow(
        want.flow,
        name=want.name,
        parameters=want.parameters,
        description=want.description,
        tags=want.tags,
        version=want.version,
        schedules=schedules,
        work_pool_name=POOL,
        concurrency_limit=want.limit,
        paused=there.paused if there else False,
        # The worker finds the flows where Aftershow is installed, whatever folder it works in.
        entrypoint_type=EntrypointType.MODULE_PATH,
    ).apply()
