"""The pages about people, a module for each subject."""

from people.views import papers, reveals, transit

__all__ = ["papers", "reveals", "transit"]
