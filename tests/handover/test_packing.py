"""What goes into a bundle beside run folders and labels of judgekit's own kind."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from judgekit.calibration import files
from judgekit.calibration.attacked import AttackedPolicy, attacks_file
from judgekit.calibration.record import Calibration
from judgekit.handover.bundle import bundle
from tests.handover.files import handed_over
from tests.handover.test_bundle import contents


def test_plain_evidence_and_sheets_of_labels_go_too(tmp_path: Path) -> None:
    certificate = handed_over(tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text("utf-8").splitlines()]
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "id,annotator,label,rubric,output\n"
        + "".join(f"{row['id']},{row['annotator']},{row['label']},forgetting,planted-text\n" for row in rows),
        "utf-8",
    )
    (tmp_path / ".calibrations.jsonl").unlink()
    evidence = tmp_path / "run" / "evidence.jsonl"
    files.calibrate(evidence, labels=sheet, agreement=0.9).save(certificate)
    made = bundle([evidence], tmp_path / "b.zip", calibrations=certificate, labels=sheet)
    held = contents(made.path)
    assert "evidence/evidence.jsonl" in held and "planted-text" not in held["labels/sheet.jsonl"]
    assert made.verifications[0].outcome == "same"
    assert "/home/ann" not in held["evidence/evidence.jsonl"]


def test_what_became_of_a_policy_under_attack_goes_with_it_and_no_others(tmp_path: Path) -> None:
    certificate = handed_over(tmp_path)
    of = Calibration.load(certificate).fingerprint
    for calibration, goes in ((of, True), ("another", False)):
        seen = AttackedPolicy(
            calibration=calibration, rubric="forgetting", items=3, repeats=1, tried=("orders",), kept=()
        )
        seen.save(attacks_file(certificate))
        made = bundle(
            certificate.parent / "run" / "evidence.jsonl",
            calibrations=certificate,
            labels=certificate.parent / "labels.jsonl",
            out=tmp_path / "b.zip",
        )
        with zipfile.ZipFile(made.path) as archive:
            assert (f"calibrations/{attacks_file(certificate).name}" in archive.namelist()) is goes
