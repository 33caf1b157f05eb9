"""Grades of disability certificates, however they are written (EX-31 … EX-33)."""

import pytest

from exemptions.enums import CertificateKind
from exemptions.grades import counts


@pytest.mark.parametrize("grade", ["1", "1級", "１級", "１", "一級", " 1 級 ", "Ⅰ", "第1種1級", "１種１級"])
def test_grade_1_counts_for_mental_and_physical_certificates(grade):
    assert counts(CertificateKind.MENTAL, grade)
    assert counts(CertificateKind.PHYSICAL, grade)


@pytest.mark.parametrize("grade", ["2", "2級", "２級", "二級", "Ⅱ級", "第1種2級", "2種２級"])
def test_grade_2_counts_for_physical_certificates_only(grade):
    assert counts(CertificateKind.PHYSICAL, grade)
    assert not counts(CertificateKind.MENTAL, grade)


@pytest.mark.parametrize("grade", ["3", "3級", "７級", "12", "21級", "0", "級", "A", "重度", "1.5", "-1", "第2種3級"])
def test_other_grades_count_for_neither(grade):
    assert not counts(CertificateKind.PHYSICAL, grade)
    assert not counts(CertificateKind.MENTAL, grade)


@pytest.mark.parametrize(
    "grade",
    ["A", "Ａ", "a", "A1", "A2", "A-1", "Aの2", "マルA", "ﾏﾙA", "マルＡ", "Ⓐ", "○A", "A1判定", "A（重度）", "重度", "最重度",
     "重度（A）", "1度", "２度"],
)  # fmt: skip
def test_every_spelling_of_severe_counts(grade):
    assert counts(CertificateKind.INTELLECTUAL, grade)


@pytest.mark.parametrize(
    "grade", ["B", "B1", "Ｂ２", "Ⓑ", "マルB", "C", "中度", "軽度", "3度", "4度", "AB", "1", "A級外"]
)
def test_lesser_grades_of_the_intellectual_certificate_do_not(grade):
    assert not counts(CertificateKind.INTELLECTUAL, grade)
