"""Making: from an environment file and what is there to a plan of all that lacks, proven like any other.

First the pieces that the file asks for are gathered, closed from the start; then the planner of repairs mends what the
whole still lacks; then all of it is put in one order. In none of its states does anybody come into a new service who
does not at the end.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import msgspec

from cloison.arm.ids import ResourceId
from cloison.check import asked
from cloison.model.behaviour import Refused
from cloison.model.environment import Environment, Link
from cloison.model.snapshot import Snapshot
from cloison.plan.beforehand import beforehand
from cloison.plan.change import Change, Wishes
from cloison.plan.create import clusters, names, networks, services
from cloison.plan.create.builder import Builder, Piece
from cloison.plan.create.file import Given
from cloison.plan.create.nets import ENDPOINTS
from cloison.plan.create.site import Site, site
from cloison.plan.document import PlanDocument
from cloison.plan.gather import gather
from cloison.plan.make import document, in_turn
from cloison.plan.measure import Judge, Measure, stand_of
from cloison.plan.options import PlanOptions
from cloison.plan.order import order
from cloison.plan.settle import Settled, settle
from cloison.plan.world import World
from cloison.requirements import requirements


def create(given: Given, snapshot: Snapshot, options: PlanOptions | None = None) -> PlanDocument:
    """The plan for the environment of a file. snapshot: what is there; empty for nothing.

    Raises CloisonError for a file that cannot be planned, and for a snapshot that cannot be changed.
    """
    options = options or PlanOptions()
    azure = World(snapshot)
    place = site(given, azure)
    builder = Builder(azure)
    judge = _judge(place, options)
    start = judge.measure(azure)
    try:
        _build(place, builder)
        settled = _settled(place, builder, judge)
    finally:
        builder.trial.take_back()
    return document(
        azure,
        judge,
        _in_order(azure, builder.changes, settled, judge, start),
        _beside(start, settled.end),
        [_environment(place)],
        inputs=(given.name, *snapshot.inputs),
        options=options,
        left=builder.left,
    )


def _judge(place: Site, options: PlanOptions) -> Judge:
    asked.rules(options.only)
    judge = Judge(
        requirements(),
        wanted=(name.upper() for name in options.only),
        open_doors=not options.keep_public,
        forwarders=place.forwarders,
    )
    judge.chosen = [(place.workspace, place.cluster)]
    return judge


def _environment(place: Site) -> Environment:
    return Environment(
        workspace=place.workspace,
        cluster=place.cluster,
        link=Link.INTENDED,
        storage=place.storage,
        vault=place.vault,
        registry=place.registry,
        insights=None,
    )


# --- pieces --------------------------------------------------------------------------------------------


def _build(place: Site, builder: Builder) -> None:
    """Every piece, each after what it rests on."""
    azure = builder.azure
    _all(builder, networks.groups(place))
    if place.has_own_zone:
        builder.want(clusters.identity(place))
    _all(builder, networks.networks(place, azure))
    _cluster(place, builder)
    _all(builder, services.services(place))
    by_subnets = services.reached_by_subnets(place)
    private = [
        id
        for id in (place.storage, *place.extra_storage, place.vault, place.registry)
        if id not in by_subnets
    ]
    first = _endpoints(place, builder, private)
    builder.want(services.workspace(place, tuple(first)))
    last = _endpoints(place, builder, [place.workspace], first)
    roles = [builder.give(role) for role in clusters.network_roles(place)]
    extension = clusters.extension(place, azure, tuple(roles))
    builder.want(extension)
    # Only computes that are attached afterwards use it.
    _all(builder, clusters.trusted(place, (extension.id,)))
    _all(builder, clusters.computes(place, extension.id, tuple(last)))
    _all(builder, clusters.stores(place, tuple(last)))
    for role in clusters.roles(place):
        builder.give(role)


def _all(builder: Builder, pieces: Iterable[Piece]) -> None:
    for piece in pieces:
        builder.want(piece)


def _cluster(place: Site, builder: Builder) -> None:
    """The cluster; one whose name stands in a zone of the environment after the roles that let it write there."""
    needs: list[ResourceId] = []
    if place.has_own_zone:
        _all(builder, names.zone_and_links(place, builder.azure, names.kubernetes_zone(place)))
        needs += [builder.give(role) for role in clusters.own_roles(place)]
    if place.given.file.network.firewall:
        # Nodes go out, and ask for names, by the hub.
        needs += [piece.id for piece in networks.peerings(place, builder.azure)]
    if not place.is_existing:
        builder.want(clusters.cluster(place, tuple(needs)))


def _endpoints(
    place: Site, builder: Builder, private: Iterable[ResourceId], needs: Iterable[ResourceId] = ()
) -> list[ResourceId]:
    """Endpoints of services, and zones that answer once their records are there; what has to be done for all that."""
    azure, found = builder.azure, []
    for service in private:
        for piece in names.endpoints(place, azure, service, needs):
            builder.want(piece)
            if piece.id.type.endswith("/privatednszonegroups"):
                found.append(piece.id)
    doors = (door for service in private for door in names.doors_of(azure, service))
    zones = dict.fromkeys(zone for door in doors for zone in names.zones_of(place, azure, door))
    for piece in (one for zone in zones for one in names.links(place, azure, zone)):
        builder.want(piece)
        found.append(piece.id)
    return found


# --- what is left to mend, and the order ---------------------------------------------------------------


def _settled(place: Site, builder: Builder, judge: Judge) -> Settled:
    """What the planner of repairs adds on the state with all pieces."""
    azure = builder.azure
    subnet = place.nets.services.subnet(ENDPOINTS)
    wishes = Wishes(endpoint_subnet=subnet if subnet in azure else None, zones_in=place.zones_group)
    gathered = gather(azure, judge, wishes)
    return settle(azure, in_turn(gathered, azure, [_environment(place)]), judge)


def _in_order(
    azure: World, pieces: tuple[Change, ...], settled: Settled, judge: Judge, start: Measure
) -> Settled:
    """Pieces and repairs in one order, on the state as it is."""
    changes = (*pieces, *settled.ordered.changes)
    first = _closed(start, settled.end)
    ordered = order(azure, changes, judge, first)
    # A zone that answers already would deny names until their records are there: then these come first.
    ids = [one.change.id for one in ordered.stuck if one.lost]
    if ids:
        with contextlib.suppress(Refused):
            ordered = order(azure, beforehand(azure, changes, ids), judge, first)
    return msgspec.structs.replace(settled, ordered=ordered, dropped=(*settled.dropped, *ordered.stuck))


def _closed(start: Measure, end: Measure) -> Measure:
    """The start, in which new services let in nobody who does not come in at the end."""
    return msgspec.structs.replace(start, entrances={**end.entrances, **start.entrances})


def _beside(start: Measure, end: Measure) -> Measure:
    """The start with what the end says of what was not there: nothing that is new can be worse than before."""
    known = {stand_of(one) for one in start.findings}
    new = tuple(one for one in end.findings if stand_of(one) not in known)
    return msgspec.structs.replace(_closed(start, end), findings=(*start.findings, *new))
