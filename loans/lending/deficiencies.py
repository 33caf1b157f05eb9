"""What is missing on an application (不備), as it is shown, sent back and kept with the step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deficiency:
    """One thing that is missing. ``text`` is the sentence for the applicant, ``field`` the form's field."""

    code: str
    text: str
    field: str = ""
    subject: str = ""

    def to_json(self) -> dict[str, str]:
        """Return what is kept with the step that sent it back."""
        return {"code": self.code, "subject": self.subject, "text": self.text}
