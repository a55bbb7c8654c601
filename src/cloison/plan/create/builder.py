"""Building: pieces of an environment, one after the other, each compared with what is there and tried on the state.

A piece that is not there becomes a PUT; one that is there and differs where the file has a say becomes a change of
that setting. What Azure would refuse is left, with the reason, and so is everything that rests on it.
"""

from __future__ import annotations

import uuid

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds import api_of
from cloison.model.behaviour import Json, laid, look
from cloison.model.verdict import Fix, Safety
from cloison.plan.change import Change, Impossible, Key, Wishes, changes_of
from cloison.plan.document import LeftReport, LeftWord
from cloison.plan.gather import Trial
from cloison.plan.world import World

ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
PRINCIPALS = ("identity/principalId", "properties/principalId")
"""Where a resource tells its identity."""
NOBODY_YET = "nothing uses it yet"


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that is to be there."""

    id: ResourceId
    body: Json
    summary: str
    section: str
    """Table of the file that asks for it: `[network]`."""
    needs: tuple[ResourceId, ...] = ()
    """What must be there before, where the body does not name it."""
    keeps: tuple[str, ...] = ()
    """Pointers of settings that the file has a say in where the resource is there already."""
    fixed: tuple[str, ...] = ()
    """Pointers of settings that cannot be changed in place."""
    why: str = NOBODY_YET
    asks: bool = False
    """Somebody may notice."""
    query: dict[str, str] = {}
    api_version: str = ""
    """Empty: that of the type."""


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A role that an identity is to have."""

    holder: ResourceId
    """The resource whose identity it is."""
    role: str
    """GUID of its definition."""
    name: str
    scope: ResourceId
    section: str
    why: str


class Builder:
    """Changes gathered so far, on a state that they were tried on."""

    def __init__(self, azure: World) -> None:
        self.azure = azure
        self.trial = Trial(azure)
        self.left: list[LeftReport] = []
        self.missing: dict[ResourceId, tuple[LeftWord, str]] = {}
        """What is not there once everything is done, and why: the reason of what it rests on, where that is missing."""
        self._start = frozenset(azure)
        self._groups = frozenset(_group_of(id) for id in azure if id.resource_group)
        self._made: dict[ResourceId, Key] = {}

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, in an order in which Azure takes them."""
        return tuple(self.trial.changes)

    def is_there(self, id: ResourceId) -> bool:
        """It was there before anything was done."""
        return id in self._groups if id.count("/") == 4 else id in self._start

    def want(self, piece: Piece) -> bool:
        """See to it that a piece is there; whether it will be."""
        id = piece.id
        if self.is_there(id):
            self._compare(piece)
            return True
        if id in self._made or (id.count("/") != 4 and self.azure.get(id) is not None):
            # Its parent brought it along.
            return True
        lacking = next((one for one in piece.needs if one in self.missing), None)
        if lacking is not None:
            kind, why = self.missing[lacking]
            self._miss(piece, kind, why)
            return False
        return self._carry_out(piece, self._change(piece))

    def _change(self, piece: Piece) -> Change:
        group = _group_of(piece.id)
        after = [self._made[one] for one in dict.fromkeys((group, *piece.needs)) if one in self._made]
        return Change(
            method="PUT",
            id=piece.id,
            api_version=piece.api_version or api_of(piece.id.type),
            body=piece.body,
            summary=piece.summary,
            safety=Safety.ASKS if piece.asks else Safety.SAFE,
            why=piece.why,
            because=(piece.section,),
            query=piece.query,
            after=tuple(after),
        )

    def _carry_out(self, piece: Piece, change: Change) -> bool:
        refused = self.trial.carry_out(change)
        if refused is not None:
            self._miss(
                piece, "refused", f"{piece.summary}: Azure would answer {refused.code}: {refused.message}"
            )
            return False
        self._made[piece.id] = change.key
        return True

    def _compare(self, piece: Piece) -> None:
        """Change what differs from the file where that is possible, tell it where it is not."""
        held = self.azure.get(piece.id) or {}
        for pointer in piece.fixed:
            now, wanted = look(held, pointer), look(piece.body, pointer)
            if not _same(now, wanted):
                why = f"{pointer.rpartition('/')[2]} is {now}, the file says {wanted}; it cannot be changed in place"
                self._leave(piece, "manual", why)
        for pointer in piece.keeps:
            wanted = look(piece.body, pointer)
            if not _same(look(held, pointer), wanted):
                self._set(piece, pointer, wanted)

    def _set(self, piece: Piece, pointer: str, wanted: object) -> None:
        fix = Fix(
            action="update",
            target=piece.id.text,
            summary=f"Set {pointer.rpartition('/')[2]} of {piece.id.name} as the file says",
            safety=Safety.ASKS,
            why="whoever relies on what it is now may notice",
            body=laid({}, pointer, wanted),
        )
        try:
            for change in changes_of(fix, piece.section, self.azure, Wishes()):
                self._carry_out(piece, change)
        except Impossible as problem:
            self._leave(piece, "manual", str(problem))

    # --- what is left ------------------------------------------------------------------------------------

    def _miss(self, piece: Piece, kind: LeftWord, why: str) -> None:
        self.missing[piece.id] = (kind, why)
        self._leave(piece, kind, why)

    def _leave(self, piece: Piece, kind: LeftWord, why: str) -> None:
        self.left.append(
            LeftReport(
                finding=piece.section,
                requirement="file",
                subject=piece.id.text,
                message=piece.summary,
                kind=kind,
                why=why,
            )
        )

    # --- roles -------------------------------------------------------------------------------------------

    def give(self, role: Role) -> ResourceId:
        """See to it that an identity has a role; the assignment's id. One that Azure makes only now gets it later."""
        principal = next(
            (told for one in PRINCIPALS if isinstance(told := look(self.azure.get(role.holder), one), str)),
            "",
        )
        mark = uuid.uuid5(uuid.NAMESPACE_URL, f"{role.scope}|{role.holder}|{role.role}")
        id = ResourceId(f"{role.scope.text}/providers/{ASSIGNMENTS}/{mark}")
        definition = (
            f"/subscriptions/{id.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role.role}"
        )
        piece = Piece(
            id=id,
            body={
                "properties": {
                    "roleDefinitionId": definition,
                    "principalId": principal,
                    "principalType": "ServicePrincipal",
                }
            },
            summary=f"Give {role.holder.name} the role {role.name} on {role.scope.name}",
            section=role.section,
            needs=(role.holder, role.scope),
            why=role.why,
        )
        held = self._assignment(principal, role)
        if held is not None:
            return held
        if not self.is_there(role.holder) and role.holder not in self.missing:
            self._miss(
                piece,
                "later",
                f"Azure gives {role.holder.name} its identity first: plan again once this is applied",
            )
        else:
            self.want(piece)
        return id

    def _assignment(self, principal: str, role: Role) -> ResourceId | None:
        """The assignment that gives the role on the scope or above it already."""
        for id in self.azure.of(ASSIGNMENTS) if principal else ():
            told = self.azure.get(id)
            scope = str(id).partition(f"/providers/{ASSIGNMENTS.lower()}/")[0]
            is_role = str(look(told, "properties/roleDefinitionId")).lower().endswith(role.role)
            if (
                is_role
                and look(told, "properties/principalId") == principal
                and f"{role.scope}/".startswith(f"{scope}/")
            ):
                return id
        return None


def _group_of(id: ResourceId) -> ResourceId:
    return ResourceId("/".join(id.text.split("/")[:5]))


def _same(now: object, wanted: object) -> bool:
    """Whether a setting is as wanted, which may say less of it; ids and regions in any case."""
    if isinstance(wanted, dict):
        return isinstance(now, dict) and all(_same(look(now, name), one) for name, one in wanted.items())
    if isinstance(wanted, list):
        listed = now if isinstance(now, list) else []
        return len(listed) == len(wanted) and all(any(_same(one, item) for one in listed) for item in wanted)
    if isinstance(wanted, str) and isinstance(now, str):
        return wanted.lower().replace(" ", "") == now.lower().replace(" ", "")
    return now == wanted or (now is None and not wanted)
