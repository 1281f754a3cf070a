"""Accepts or rejects a drop whose files are complete: checks sidecar, files and location against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imagedrop import rules
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, Reason, Versions
from imagedrop.findings import Finding, has_errors
from imagedrop.findings import pairing as pairing_findings
from imagedrop.inspection import Budget, inspect
from imagedrop.inspection.source import ObjectSource, ParallelSource, SourceChanged
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, KeyTaken, ObjectHead, Ports
from imagedrop.settings import Settings
from imagedrop.workflow import completion, dispatch, owner_policy, pairing, recovery
from imagedrop.workflow.bucket_records import file_versions
from imagedrop.workflow.pairing import Files


def accept_or_reject(ports: Ports, row: Drop, files: Files) -> None:
    """Raises SourceChanged if a file changes meanwhile, Conflict if the row does."""
    subjects = {head.key: _subject(ports, row, head, files) for head in files.present()}
    image = subjects.pop(row.key)
    verdict = rules.check(files.sidecar, image, subjects, rules.Location.of(ports, row.bucket))
    if file_versions.current_versions(ports.objects, row.bucket, files.versions) != files.versions:
        raise SourceChanged(row.key)
    findings = [*files.findings, *_owner_findings(files, ports.settings), *verdict.findings]
    row = row.model_copy(update={"owner": files.owner})
    facts = image.facts.public()
    _log_inspected(row, image, files, findings)
    if has_errors(findings):
        reject(ports, row, files.versions, findings, facts=facts)
        return
    accepted = transitions.accept(
        recovery.with_ends(ports, row),
        ports.clock(),
        ports.settings.attempt_deadline,
        versions=files.versions,
        sidecar=verdict.filled,
        size=sum(subject.head.size for subject in (image, *subjects.values())),
        request=verdict.request,
        facts=facts,
        findings=tuple(finding.stored() for finding in findings),
    )
    _save_accepted(ports, row, accepted, files)


def _log_inspected(row: Drop, image: rules.InspectedFile, files: Files, findings: Sequence[Finding]) -> None:
    windows = image.facts.windows.product_name if image.facts.windows else None
    ids = [finding.id for finding in findings]
    log_drop("inspected", row, files=sorted(files.versions), format=image.facts.format, windows=windows, findings=ids)


def _subject(ports: Ports, row: Drop, head: ObjectHead, files: Files) -> rules.InspectedFile:
    role = files.roles.get(head.key)
    if role == pairing.BITMAP:
        return rules.InspectedFile(head)  # only tools of Huawei can read a bitmap file
    source = ParallelSource(ObjectSource(ports.objects, row.bucket, head.key, head), ports.run_parallel)
    budget = Budget(clock=lambda: ports.clock().timestamp())
    inspected = inspect(source, file_name=head.key, role="data" if role else "system", budget=budget)
    return rules.InspectedFile(head, inspected.facts, inspected.findings)


def _owner_findings(files: Files, settings: Settings) -> list[Finding]:
    if files.owner is None or owner_policy.may_write_to(files.owner.email, settings):
        return []
    domains = ", ".join(settings.owner_domains)
    return [pairing_findings.OWNER_NOT_ALLOWED(at="/owner/email", email=files.owner.email, domains=domains)]


def _save_accepted(ports: Ports, row: Drop, accepted: Drop, files: Files, over: Drop | None = None) -> None:
    """Makes this the live drop of its key, or lets it wait for the drop that is. `over`: an ended drop that still
    holds the key."""
    ledger = ports.ledger
    try:
        saved = ledger.accept(accepted, over)
        log_drop("accepted", saved)
        dispatch.send_next(ports, saved)
    except KeyTaken as taken:
        holder = ledger.get(taken.holder)
        if holder is None:  # the row that holds the key is gone
            ledger.release_key(row.model_copy(update={"drop_id": taken.holder}))
            raise Conflict(taken.holder) from None
        if holder.stage not in drops.LIVE and over is None:
            _save_accepted(ports, row, accepted, files, holder)
            return
        waiting = transitions.wait(row, ports.clock(), versions=files.versions, missing=(), blocked_by=taken.holder)
        ledger.save(waiting)


def reject(
    ports: Ports, row: Drop, versions: Versions, findings: Sequence[Finding], **more: Mapping[str, object]
) -> None:
    """Ends the drop as rejected. At least one of `findings` is an error; the first one is the reason."""
    first = next(finding for finding in findings if finding.severity == "error")
    stored = tuple(finding.stored() for finding in findings)
    reason = Reason(code=first.id, message=first.message)
    completion.finish(ports, row, "rejected", reason, versions=versions, findings=stored, **more)
