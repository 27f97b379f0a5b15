"""The list of everything that is in a frozen folder, as CycloneDX 1.6 that has been checked against its schema.

    python packaging/sbom.py FOLDER [OUT.cdx.json]

OUT lies beside FOLDER, called as the archive is.

Each file of the folder stands under exactly one component (``evidence.occurrences``). The same folder gives the same
list: there is no time in it, and its serial number is made from what it says. Exit status: 0 written, 1 something in the
folder belongs to nothing that is known, or has no licence text (a line for each);
2 there is no frozen program.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import archive
import components
from components import Component

#: A whole list of licences, as SPDX writes it. Debian's short names are often something else.
_SPDX: Final = re.compile(r"^[A-Za-z0-9.-]+( (AND|OR|WITH) [A-Za-z0-9.-]+)*$")

_NAMESPACE: Final = uuid.UUID("6f1c9d7e-4a53-5f5e-9c0b-7d1f7a3b9a52")


def main(arguments: Sequence[str]) -> int:
    """Look into the folder, write what is there. Returns the exit status."""
    if len(arguments) not in (1, 2):
        print("sbom.py takes the frozen folder and, if it is to be another one, the file to write.", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    target = Path(arguments[1]) if len(arguments) == 2 else folder.with_name(f"{archive.release_name()}.cdx.json")
    try:
        found = components.of_folder(folder)
    except OSError as error:
        print(f"sbom.py: {folder}: {error.strerror}.", file=sys.stderr)
        return 2
    for fault in found.faults:
        print(f"sbom.py: {fault}.", file=sys.stderr)
    if found.faults:
        return 1
    text = written(found.components)
    problem = fault_of(text)
    if problem:
        print(f"sbom.py: the list does not fit its schema: {problem}", file=sys.stderr)
        return 1
    target.write_text(text, encoding="utf-8")
    files = sum(len(one.files) for one in found.components)
    print(f"{target.name}: {len(found.components)} components, {files} files")
    return 0


def written(found: Sequence[Component]) -> str:
    """The list as JSON; the first component is what all the others are in."""
    program, *others = found
    refs = {id(one): f"{number}-{re.sub('[^a-z0-9]+', '-', one.name.lower())}" for number, one in enumerate(found)}
    inside = {one.name: [part for part in others if part.part_of == one.name] for one in found}
    top = [one for one in others if not one.part_of]
    bom: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": as_json(program, "application", refs, inside[program.name])},
        "components": [as_json(one, "library", refs, inside[one.name]) for one in top],
        "dependencies": [{"ref": refs[id(program)], "dependsOn": sorted(refs[id(one)] for one in top)}],
    }
    bom["serialNumber"] = uuid.uuid5(_NAMESPACE, json.dumps(bom, sort_keys=True)).urn
    return json.dumps(bom, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def as_json(one: Component, kind: str, refs: dict[int, str], parts: Iterable[Component] = ()) -> dict[str, Any]:
    """A component, and what it was built with inside it."""
    told: dict[str, Any] = {"type": kind, "bom-ref": refs[id(one)], "name": one.name}
    if one.version:
        told["version"] = one.version
    if one.licence:
        is_expression = _SPDX.match(one.licence) and not one.purl.startswith("pkg:deb/")
        told["licenses"] = [{"expression": one.licence}] if is_expression else [{"license": {"name": one.licence}}]
    else:
        told["licenses"] = [{"license": {"name": f"see {one.texts[0].name}"}}]
    if one.purl:
        told["purl"] = one.purl
    if one.hashes:
        told["hashes"] = [{"alg": "SHA-256", "content": hash_.removeprefix("sha256:")} for hash_ in sorted(one.hashes)]
    if one.source.startswith("https://"):
        told["externalReferences"] = [{"type": "vcs" if one.source.endswith(".git") else "website", "url": one.source}]
    if one.note:
        told["description"] = one.note
    if one.files:
        told["evidence"] = {"occurrences": [{"location": file} for file in sorted(one.files)]}
    nested = [as_json(part, "library", refs) for part in parts]
    if nested:
        told["components"] = nested
    return told


def fault_of(text: str) -> str:
    """What CycloneDX's own schema says against a list; empty when it fits."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return str(fault).partition("\n")[0] if fault else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
