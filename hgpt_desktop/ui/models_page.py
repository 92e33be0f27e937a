"""The models: what there is, what fits, what is here, what is in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.bridge.downloads import Downloads, DownloadView
from hgpt_desktop.bridge.seam import Engine
from hgpt_desktop.bridge.views import Fit, InstallView, ModelView, ProblemView, StatusView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import Choice, FlowBox, Tick, button, label, search_field
from hgpt_desktop.ui.dialogs import ModelsToImport
from hgpt_desktop.ui.download_queue import DownloadQueue
from hgpt_desktop.ui.formats import percent_text, size_text
from hgpt_desktop.ui.memory_bar import MemoryBars
from hgpt_desktop.ui.model_details import ModelDetails
from hgpt_desktop.ui.model_list import ModelList
from hgpt_desktop.ui.model_search import ModelSearch
from hgpt_desktop.ui.notices import Notices
from hgpt_desktop.ui.pages import card
from hgpt_desktop.ui.task_names import plain_name

_TYPING_MS = 120
_NAMES_SHOWN = 3
_TASK_CHARACTERS = 16
_GROWTH_FOR_HALVES = 1.2  # with a larger font the details need as much room as the list


class ModelsPage(QWidget):
    """Search and filters, the list, the chosen model beside it, and the memory above."""

    said = Signal(str)
    undo_offered = Signal(str, str, object, object)  # what happened, what can be done, how, what if not
    imported = Signal()
    shelf_changed = Signal()  # models have come or gone
    working = Signal(str)  # how far a check or an import is
    problem_arrived = Signal(object)  # ProblemView
    _working_told = Signal(object)  # InstallView, from a worker

    def __init__(self, workbench: Workbench, downloads: Downloads) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAccessibleName(self.tr("Models"))
        self._workbench = workbench
        self._downloads = downloads
        self._models: tuple[ModelView, ...] = ()
        self._search = ModelSearch(())
        self._llm: str | None = None
        self._wanted: str | None = None  # the model that is to be chosen when there is one
        self._damaged: set[str] = set()  # models of which a check has found files damaged
        self._long_work = CancelToken()  # checks and imports; they end with the program
        workbench.closing.connect(self._long_work.cancel)
        self._working_told.connect(self._show_working)
        self.memory = MemoryBars()
        self.queue = DownloadQueue(downloads, self._name_of)
        self.search_field = search_field(self.tr("Search models by name, task, language or licence"))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._filter)
        self.search_field.textChanged.connect(self._typing.start)
        self.task_box = Choice()
        self.task_box.setAccessibleName(self.tr("Only models for this task"))
        self.task_box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.task_box.setMinimumContentsLength(_TASK_CHARACTERS)
        self.task_box.addItem(self.tr("All tasks"), "")
        self.task_box.currentIndexChanged.connect(self._filter)
        self.installed_box = Tick(self.tr("Installed"))
        self.installed_box.toggled.connect(self._filter)
        self.fits_box = Tick(self.tr("Fits this machine"))
        self.fits_box.toggled.connect(self._filter)
        self.import_button = button(self.tr("Import from a folder…"), "", "folder")
        self.import_button.clicked.connect(self._choose_import)
        self.list = ModelList()
        self.list.currentItemChanged.connect(self._show_chosen)
        self.details = ModelDetails()
        self._count = label("", "muted", 0.92)
        self._build()
        self._connect()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label(self.tr("Models"), scale=1.5, bold=True), 1)
        head.addWidget(self.import_button)
        memory, inside = card()
        inside.addWidget(self.memory)
        filters = FlowBox(16)  # a large font needs two lines
        self.task_box.ensurePolished()
        for one in (self.task_box, self.installed_box, self.fits_box, self._count):
            one.setFixedHeight(self.task_box.sizeHint().height())
            filters.flow.addWidget(one)
        sides = QHBoxLayout()
        sides.setSpacing(18)
        halves = theme.growth() > _GROWTH_FOR_HALVES
        sides.addWidget(self.list, 1 if halves else 3)
        sides.addWidget(self.details, 1 if halves else 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 26, 28, 20)
        column.setSpacing(14)
        column.addLayout(head)
        place = QVBoxLayout()
        self.notices = Notices(place)
        column.addLayout(place)
        column.addWidget(memory)
        column.addWidget(self.queue)
        column.addWidget(self.search_field)
        column.addWidget(filters)
        column.addLayout(sides, 1)

    def _connect(self) -> None:
        self._workbench.status_changed.connect(self._on_status)
        self._downloads.changed.connect(self._on_downloads)
        self._downloads.installed.connect(self._on_installed)
        self.memory.free_wanted.connect(self._free)
        self.details.fetch_wanted.connect(self._downloads.add)
        self.details.pause_wanted.connect(self._downloads.pause)
        self.details.remove_wanted.connect(self._remove)
        self.details.verify_wanted.connect(self._verify)
        self.details.llm_wanted.connect(self._use_llm)

    # ------------------------------------------------------------ the list

    def refresh(self) -> None:
        """Read the catalogue anew."""
        self._workbench.ask("history", self, lambda engine: engine.models(), self._on_models)
        self._workbench.refresh_status()

    def _on_models(self, models: tuple[ModelView, ...]) -> None:
        self._models, self._search = models, ModelSearch(models)
        tasks = sorted({task for one in models for task in one.tasks}, key=plain_name)
        kept = self.task_box.currentData()
        self.task_box.blockSignals(True)
        while self.task_box.count() > 1:
            self.task_box.removeItem(1)
        for task in tasks:
            self.task_box.addItem(plain_name(task), task)
        self.task_box.setCurrentIndex(max(self.task_box.findData(kept), 0))
        self.task_box.blockSignals(False)
        self._show()
        self._look_for_wanted()

    def _filter(self) -> None:
        self._show()
        if (chosen := self.list.currentItem()) is not None:
            self.list.scrollToItem(chosen)

    def _show(self) -> None:
        task = self.task_box.currentData()
        models = [
            one
            for one in self._search.found(self.search_field.text())
            if (not task or task in one.tasks)
            and (one.installed or not self.installed_box.isChecked())
            and (one.fit is not Fit.TOO_LARGE or not self.fits_box.isChecked())
        ]
        self.list.show_models(models, {one.model_id: one for one in self._downloads.queue})
        if self.list.chosen is None and models:
            self.list.setCurrentRow(0)
        self._count.setText(
            self.tr("{shown} of {all} models").format(shown=len(models), all=len(self._models))
            if models
            else self.tr("No model matches. Try other words, or take a filter away.")
        )
        self._show_chosen()

    def _show_chosen(self) -> None:
        model = self.list.chosen
        self.details.setVisible(model is not None)
        if model is not None:
            download = self._downloads.one(model.id)
            self.details.show_model(
                model, download, self._words(download), self._llm, damaged=model.id in self._damaged
            )

    def show_model(self, model_id: str) -> None:
        """Lead to that model, whatever was searched for before."""
        self._wanted = model_id
        self._look_for_wanted()

    def _look_for_wanted(self) -> None:
        """It is kept until the catalogue has been read."""
        if self._wanted is None or all(one.id != self._wanted for one in self._models):
            return
        model_id, self._wanted = self._wanted, None
        for box in (self.installed_box, self.fits_box):
            box.setChecked(False)
        self.task_box.setCurrentIndex(0)
        self.search_field.clear()
        self._show()  # the field tells only after a while
        self.list.choose(model_id)

    def _words(self, download: DownloadView | None) -> str:
        return self.queue.words_for(download) if download is not None else ""

    def _name_of(self, model_id: str) -> str:
        return next((one.name for one in self._models if one.id == model_id), model_id)

    def _on_status(self, status: StatusView) -> None:
        changed, self._llm = status.llm != self._llm, status.llm
        self.memory.show_status(status)
        if changed:
            self._show_chosen()

    # ------------------------------------------------------------ downloads

    def _on_downloads(self) -> None:
        model = self.list.chosen
        if model is not None:
            download = self._downloads.one(model.id)
            if self.details.state is (download.state if download else None):
                self.details.show_download(download, self._words(download))
            else:
                self._show_chosen()
        self.list.show_models(self.list.shown, {one.model_id: one for one in self._downloads.queue})

    def _on_installed(self, model_id: str) -> None:
        if model_id in self._damaged:
            self._damaged.remove(model_id)
            self.notices.dismiss()
        self.said.emit(self.tr("{name} is installed.").format(name=self._name_of(model_id)))
        self._on_shelf()

    # ------------------------------------------------------------ what can be done

    def show_problem(self, problem: ProblemView) -> None:
        """Say it above the list, until it is dismissed or something else is begun."""
        self.notices.show(problem)

    def _free(self, model_id: str | None) -> None:
        self._workbench.ask(
            "engine",
            self,
            lambda engine: engine.free_memory(model_id),
            lambda _: self._workbench.refresh_status(),
        )

    def _remove(self, model_id: str) -> None:
        name, bench = self._name_of(model_id), self._workbench

        def remove(engine: Engine) -> tuple[int, bool]:
            freed_bytes, preferences = engine.remove_model(model_id), engine.preferences()
            planned = preferences.llm == model_id
            if planned:  # the best of the others plans from now on
                engine.keep_preferences(replace(preferences, llm=None))
            return freed_bytes, planned

        def removed(done: tuple[int, bool]) -> None:
            freed_bytes, planned = done

            def put_back(engine: Engine) -> None:
                engine.bring_model_back(model_id)
                if planned:
                    engine.keep_preferences(replace(engine.preferences(), llm=model_id))

            def bring_back() -> None:
                bench.ask("disk", self, put_back, self._on_shelf)

            def forget() -> None:
                bench.ask("disk", self, lambda engine: engine.forget_model(model_id))

            sentence = self.tr("Removed {name}.").format(name=name)
            if freed_bytes:
                freed = self.tr("{size} become free when this goes.").format(size=size_text(freed_bytes))
                sentence = f"{sentence} {freed}"
            self.undo_offered.emit(sentence, self.tr("Undo"), bring_back, forget)
            self._on_shelf()

        bench.ask("disk", self, remove, removed)

    def _on_shelf(self, _: object = None) -> None:
        """Models have come or gone."""
        self.refresh()
        self.shelf_changed.emit()

    def _verify(self, model_id: str) -> None:
        def done(problems: tuple[str, ...]) -> None:
            if problems:
                self._damaged.add(model_id)
                self._show_chosen()
                self.problem_arrived.emit(
                    ProblemView(
                        self.tr("Files of {model} are damaged.").format(model=name),
                        self.tr("“Fetch damaged files” beside the list brings them, and nothing else."),
                        "\n".join(problems),
                    )
                )
            else:
                self.said.emit(self.tr("All files of {model} are as they should be.").format(model=name))

        self.notices.dismiss()
        name, cancel = self._name_of(model_id), self._long_work
        self.said.emit(self.tr("The files of {name} are being checked…").format(name=name))
        told = self._working_told.emit
        self._workbench.ask("install", self, lambda engine: engine.verify_model(model_id, told, cancel), done)

    def _show_working(self, view: InstallView) -> None:
        if view.total_bytes:
            share = percent_text(view.done_bytes / view.total_bytes)
            self.working.emit(self.tr("{name}: {share} checked").format(name=view.model, share=share))

    def _use_llm(self, model_id: str) -> None:
        self._workbench.ask(
            "engine",
            self,
            lambda engine: engine.keep_preferences(replace(engine.preferences(), llm=model_id)),
            lambda _: self._on_llm(),
        )

    def _on_llm(self) -> None:
        self.said.emit(self.tr("The next request is planned with it."))
        self._workbench.refresh_status()
        self.refresh()

    def _choose_import(self) -> None:
        if (place := ModelsToImport.ask(self)) is not None:
            self.import_from([place])

    def show_dropping(self, dropping: bool) -> None:
        """Files are held over the window: say what would become of them."""
        self.import_button.setCheckable(dropping)
        self.import_button.setChecked(dropping)
        words = self.tr("Let go to import") if dropping else self.tr("Import from a folder…")
        self.import_button.setText(words)

    def import_from(self, places: Sequence[Path]) -> None:
        """Take models from these folders or files."""

        def done(ids: tuple[str, ...]) -> None:
            names = [self._name_of(one) for one in ids]
            shown = ", ".join(names[:_NAMES_SHOWN]) + (", …" if len(names) > _NAMES_SHOWN else "")
            self.said.emit(
                self.tr("{count} models imported: {models}").format(count=len(names), models=shown)
                if len(names) > 1
                else self.tr("Imported: {models}").format(models=shown)
            )
            self._on_shelf()
            self.imported.emit()

        self.notices.dismiss()
        told, cancel = self._working_told.emit, self._long_work
        self.said.emit(self.tr("The models are being copied and checked…"))
        for place in places:
            self._workbench.ask(
                "install",
                self,
                lambda engine, place=place: engine.import_models(place, told, cancel),  # type: ignore[misc]
                done,
            )
