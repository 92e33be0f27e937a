"""From a program without models to one that works: the first page, and what is fetched from it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from hgpt_desktop.bridge.views import InstallView, ProblemView, StarterView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui.set_card import SetCard
from hgpt_desktop.ui.welcome import WelcomePage


class FirstStart(QObject):
    """Leads through the first start, and offers later what of it is still missing.

    The window shows the page and the card where they belong.
    """

    ended = Signal()  # all starter models are here
    activity_changed = Signal(str)
    problem_arrived = Signal(object)  # ProblemView

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self.page = WelcomePage()
        self.card = SetCard(workbench)
        self._under_way = False
        self._problem: ProblemView | None = None
        workbench.install_progressed.connect(self._on_progress)
        workbench.install_failed.connect(self._on_failed)
        workbench.install_finished.connect(self._on_finished)
        self.page.install_wanted.connect(workbench.install_set)
        self.page.cancel_wanted.connect(workbench.cancel_install)
        self.page.look_wanted.connect(workbench.check_starter)

    def begin(self, missing: StarterView | None) -> bool:
        """The engine is open; whether the first page is to be shown: there is nothing that could plan."""
        self._under_way = missing is not None and not missing.can_plan
        if missing is not None:
            self.page.show_starter(missing)
        return self._under_way

    def _on_progress(self, view: InstallView) -> None:
        self.page.show_progress(view)
        self.activity_changed.emit(self.tr("Fetching {model}").format(model=view.model))

    def _on_failed(self, problem: ProblemView) -> None:
        self._problem = problem  # shown where the window is when it has been looked what is missing

    def _on_finished(self, missing: StarterView | None) -> None:
        self.page.show_stopped()
        problem, self._problem = self._problem, None
        self.activity_changed.emit(self.tr("Ready"))
        if missing is not None:
            self.page.show_starter(missing)
        elif self._under_way:
            self._under_way = False
            self.ended.emit()
        if problem is not None:
            self.problem_arrived.emit(problem)
