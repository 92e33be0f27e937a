"""The window: the sidebar, the pages, the commands, and what happens to the window itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hgpt_desktop.bridge.downloads import Downloads
from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.views import ConversationView, InstallView, ProblemView, StarterView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.ui import code_colours, theme
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, restyle
from hgpt_desktop.ui.cards import ProblemCard
from hgpt_desktop.ui.chat_page import ChatPage
from hgpt_desktop.ui.commands import Command, Palette, ShortcutSheet
from hgpt_desktop.ui.composer import Composer, local_files
from hgpt_desktop.ui.conversation_page import ConversationPage
from hgpt_desktop.ui.dialogs import ArchiveToImport, PlaceToExport
from hgpt_desktop.ui.files import FileDrops
from hgpt_desktop.ui.large_plan import LargePlan
from hgpt_desktop.ui.messages import AssistantMessage
from hgpt_desktop.ui.models_page import ModelsPage
from hgpt_desktop.ui.request_queue import Waiting
from hgpt_desktop.ui.settings_page import SettingsPage
from hgpt_desktop.ui.sidebar import Sidebar
from hgpt_desktop.ui.status_line import StatusLine
from hgpt_desktop.ui.task_inspector import TaskInspector
from hgpt_desktop.ui.theme_menu import make_theme_menu
from hgpt_desktop.ui.welcome import WelcomePage
from hgpt_desktop.ui.workflows_page import WorkflowsPage

_NARROW_PX = 720  # below this the sidebar makes room for the conversation
_LONG_S = 20.0  # a run that took longer is announced where the window is not in front


class MainWindow(QMainWindow):
    """Sidebar, pages, status line; it talks to the workbench only.

    Args:
        theme_name: one of `theme.THEMES`.
        state_path: an INI file for the window's place and size.
        pasted_folder: where pasted pictures are kept; they belong to the conversations.
    """

    closed = Signal()
    rebuild_wanted = Signal(object)  # Preferences: language or font size have changed

    def __init__(
        self,
        workbench: Workbench,
        theme_name: str,
        state_path: Path,
        pasted_folder: Path,
        files: Sequence[Path] = (),
    ) -> None:
        super().__init__()
        self.setWindowTitle("HGPT Desktop")
        self.setMinimumSize(560, 420)
        self.setAcceptDrops(True)
        FileDrops(self)
        self._workbench = workbench
        self._theme = theme_name if theme_name in theme.THEMES else "system"
        self._state = QSettings(str(state_path), QSettings.Format.IniFormat)
        self._titles: dict[str, str] = {}
        self._notice: ProblemCard | None = None
        self._inspected: AssistantMessage | None = None
        self._sidebar_hidden = False
        self._rebuild: Preferences | None = None
        self._downloads = Downloads(workbench)
        self._build(pasted_folder)
        self._connect()
        self._commands = self._make_commands()
        for command in self._commands:
            if command.keys:
                QShortcut(QKeySequence(command.keys), self, command.run)
        QShortcut(QKeySequence("Esc"), self, self._escape)
        self._restore()
        self._show_title()
        self.composer.text.setFocus()
        if files:
            self.composer.attach(files)
        if workbench.is_open:  # another window had it before: language or font size were changed
            self._on_opened(None)
            workbench.refresh_conversations()
            workbench.refresh_status()

    # ------------------------------------------------------------ parts

    def _build(self, pasted_folder: Path) -> None:
        self.sidebar = Sidebar()
        self.chat = ChatPage(self._workbench, pasted_folder)
        self.welcome = WelcomePage()
        self.models = ModelsPage(self._workbench, self._downloads)
        self.workflows = WorkflowsPage(self._workbench)
        self.settings = SettingsPage(self._workbench)
        self.inspector = TaskInspector()
        self.status = StatusLine()
        self._title = ElidedLabel(self.tr("New conversation"), bold=True)
        self._title.setAccessibleName(self.tr("Title"))
        self._sidebar_button = IconButton("sidebar", self.tr("Show or hide the conversations"))
        self._sidebar_button.clicked.connect(self.toggle_sidebar)
        self._palette_button = IconButton("command", self.tr("Command palette (Ctrl+K)"))
        self._palette_button.clicked.connect(self.open_palette)
        self._theme_button = IconButton("theme", self.tr("Light or dark"))
        self._theme_menu = make_theme_menu(self, self._theme, self.set_theme)
        self._theme_button.setMenu(self._theme_menu)
        self._theme_button.setPopupMode(self._theme_button.ToolButtonPopupMode.InstantPopup)
        top = QFrame()
        top.setObjectName("topBar")
        top.setFixedHeight(48)
        bar = QHBoxLayout(top)
        bar.setContentsMargins(10, 0, 10, 0)
        bar.setSpacing(8)
        bar.addWidget(self._sidebar_button)
        bar.addWidget(self._title, 1)
        bar.addWidget(self._palette_button)
        bar.addWidget(self._theme_button)
        self.stack = QStackedWidget()
        for page in (self.chat, self.welcome, self.models, self.workflows, self.settings):
            self.stack.addWidget(page)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.stack, 1)
        middle.addWidget(self.inspector)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(top)
        right.addLayout(middle, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.sidebar)
        upper.addLayout(right, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(self.status)
        self.setCentralWidget(whole)
        self.palette_box = Palette(whole)

    def _connect(self) -> None:
        bench, chat, sidebar = self._workbench, self.chat, self.sidebar
        bench.opened.connect(self._on_opened)
        bench.open_failed.connect(self._on_open_failed)
        bench.conversations_changed.connect(self._on_conversations)
        bench.searched.connect(self._on_searched)
        bench.status_changed.connect(self.status.show_status)
        bench.install_progressed.connect(self._on_install_progress)
        bench.install_failed.connect(self.welcome.show_problem)
        bench.install_finished.connect(self._on_install_finished)
        bench.problem_arrived.connect(self.show_problem)
        sidebar.new_wanted.connect(self.new_conversation)
        sidebar.conversation_wanted.connect(self.open_conversation)
        sidebar.rename_wanted.connect(bench.rename)
        sidebar.pin_wanted.connect(self._pin)
        sidebar.export_wanted.connect(self._export)
        sidebar.import_wanted.connect(self._choose_archive)
        sidebar.delete_wanted.connect(self._delete)
        sidebar.search_wanted.connect(bench.search)
        sidebar.search_ended.connect(bench.refresh_conversations)
        sidebar.page_wanted.connect(self.show_page)
        chat.current_changed.connect(self._on_current)
        chat.activity_changed.connect(self.status.show_activity)
        chat.problem_arrived.connect(self.show_problem)
        chat.inspection_wanted.connect(self._inspect)
        chat.large_plan_wanted.connect(self._show_large_plan)
        chat.run_ended.connect(self._on_run_ended)
        chat.workflows_changed.connect(self.workflows.refresh)
        chat.models_wanted.connect(partial(self.show_page, "models"))
        self.inspector.again_wanted.connect(self._run_again)
        self.models.said.connect(self.say)
        self.models.problem_arrived.connect(self.show_problem)
        self.workflows.said.connect(self.say)
        self.workflows.problem_arrived.connect(self.show_problem)
        self.workflows.requests_ready.connect(self._run_batch)
        self.settings.said.connect(self.say)
        self.settings.problem_arrived.connect(self.show_problem)
        self.settings.preferences_changed.connect(self._on_preferences)
        self.welcome.install_wanted.connect(bench.install_starter)
        self.welcome.cancel_wanted.connect(bench.cancel_install)
        self.welcome.skip_wanted.connect(self._show_chat)
        self.welcome.import_wanted.connect(self._import_at_first_start)
        self.welcome.language_wanted.connect(self._speak)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_desktop_theme)

    def _make_commands(self) -> tuple[Command, ...]:
        return (
            Command(self.tr("New conversation"), self.new_conversation, "Ctrl+N"),
            Command(self.tr("Find in this conversation"), self._find, "Ctrl+F"),
            Command(self.tr("Search all conversations"), self._search, "Ctrl+Shift+F"),
            Command(self.tr("Attach files"), self._attach, "Ctrl+O"),
            Command(self.tr("Picture of a part of the screen"), self.composer.take_region, "Ctrl+Shift+P"),
            Command(self.tr("Record from the microphone"), self.composer.record, "Ctrl+Shift+R"),
            Command(self.tr("Stop the running request"), self.stop, "Ctrl+."),
            Command(self.tr("Models"), lambda: self.show_page("models"), "Ctrl+M"),
            Command(self.tr("Workflows"), lambda: self.show_page("workflows"), "Ctrl+Shift+W"),
            Command(self.tr("Settings"), lambda: self.show_page("settings"), "Ctrl+,"),
            Command(self.tr("Back to the conversation"), self._show_chat, "Ctrl+J"),
            Command(self.tr("Show or hide the conversations"), self.toggle_sidebar, "Ctrl+B"),
            Command(self.tr("Export this conversation"), self._export_current, "Ctrl+E"),
            Command(self.tr("Import a conversation"), self._choose_archive),
            Command(self.tr("Light theme"), lambda: self.set_theme("light")),
            Command(self.tr("Dark theme"), lambda: self.set_theme("dark")),
            Command(self.tr("High contrast theme"), lambda: self.set_theme("contrast")),
            Command(self.tr("Command palette"), self.open_palette, "Ctrl+K"),
            Command(self.tr("Keyboard shortcuts"), self._show_shortcuts, "F1"),
            Command(self.tr("Quit"), self.close, "Ctrl+Q"),
        )

    @property
    def composer(self) -> Composer:
        """Where requests are written."""
        return self.chat.composer

    @property
    def page(self) -> ConversationPage:
        """The conversation that is shown."""
        return self.chat.page

    # ------------------------------------------------------------ start

    def _on_opened(self, starter: StarterView | None) -> None:
        self.composer.set_blocked("")
        self.status.show_activity(self.tr("Ready"))
        ask = self._workbench.ask
        ask("engine", self, lambda _engine: code_colours.prepare())
        ask("history", self, lambda engine: engine.preferences(), self.chat.set_preferences)
        ask("history", self, lambda engine: engine.drafts(), lambda found: self.chat.show_drafts(dict(found)))
        if starter is not None:
            self.welcome.show_starter(starter)
            self.stack.setCurrentWidget(self.welcome)
            self._mark_way("")
            self._title.setText(self.tr("First start"))
            self.welcome.install_button.setFocus()
        elif name := self.place[1]:  # it was chosen before there was anything to show
            self.show_page(name)

    def _on_open_failed(self, problem: ProblemView) -> None:
        self.composer.set_blocked(self.tr("The program could not start."))
        self.status.show_activity(self.tr("Not started"))
        self.show_problem(problem)

    def _on_install_progress(self, view: InstallView) -> None:
        self.welcome.show_progress(view)
        self.status.show_activity(self.tr("Fetching {model}").format(model=view.model))

    def _on_install_finished(self, starter: StarterView | None) -> None:
        self.welcome.show_stopped()
        self.status.show_activity(self.tr("Ready"))
        if starter is None:
            self._show_chat()
        else:
            self.welcome.show_starter(starter)

    def _import_at_first_start(self) -> None:
        self.show_page("models")
        self.models.import_button.click()

    # ------------------------------------------------------------ pages

    def _show_chat(self) -> None:
        self.stack.setCurrentWidget(self.chat)
        self._mark_way("")
        self._show_title()
        self.composer.text.setFocus()

    def show_page(self, name: str) -> None:
        """Show `models`, `workflows` or `settings`."""
        pages: dict[str, tuple[ModelsPage | WorkflowsPage | SettingsPage, str]] = {
            "models": (self.models, self.tr("Models")),
            "workflows": (self.workflows, self.tr("Workflows")),
            "settings": (self.settings, self.tr("Settings")),
        }
        page, title = pages[name]
        self.inspector.close_panel()
        page.refresh()
        self.stack.setCurrentWidget(page)
        self._mark_way(name)
        self._title.setText(title)

    def _mark_way(self, name: str) -> None:
        for key, way in self.sidebar.ways.items():
            way.setProperty("current", key == name)
            restyle(way)

    def open_palette(self) -> None:
        """Offer all commands, and the conversations."""
        found = [
            Command(self.tr("Open: {title}").format(title=title), partial(self.open_conversation, key))
            for key, title in self._titles.items()
        ]
        self.palette_box.open_with([*self._commands, *found])

    def _show_shortcuts(self) -> None:
        ShortcutSheet(self, self._commands).show()

    def say(self, sentence: str) -> None:
        """Say something in passing."""
        self.chat.toast.say(sentence)
        self.status.show_activity(sentence)

    # ------------------------------------------------------------ conversations

    def new_conversation(self) -> None:
        """Show an empty conversation."""
        self.chat.new_conversation()
        if self.stack.currentWidget() is not self.welcome:
            self._show_chat()

    def open_conversation(self, conversation_id: str) -> None:
        """Show a kept conversation; it is read in a worker."""
        self._show_chat()
        self.chat.open_conversation(conversation_id)

    def _on_current(self) -> None:
        self.sidebar.set_current(self.page.conversation_id)
        self.inspector.close_panel()
        self._show_title()

    def _show_title(self) -> None:
        if self.stack.currentWidget() is self.chat:
            conversation_id = self.page.conversation_id
            title = self._titles.get(conversation_id, "") if conversation_id else ""
            self._title.setText(title or self.tr("New conversation"))

    def _on_conversations(self, found: tuple[ConversationView, ...]) -> None:
        self._titles = {one.id: one.title for one in found}
        if not self.sidebar.searching:
            self.sidebar.show_conversations(found)
        self._show_title()

    def _on_searched(self, text: str, found: tuple[ConversationView, ...]) -> None:
        if text == self.sidebar.search_field.text().strip():
            self.sidebar.show_found(found)

    def _pin(self, conversation_id: str, pinned: bool) -> None:
        bench = self._workbench
        bench.ask(
            "history",
            self,
            lambda engine: engine.pin(conversation_id, pinned),
            lambda _: bench.refresh_conversations(),
        )

    def _delete(self, conversation_id: str, title: str) -> None:
        if self.chat.busy_with == conversation_id:
            self.show_problem(
                ProblemView(
                    self.tr("This conversation has a request under way."),
                    self.tr("Stop it, or wait until it has ended; then delete the conversation."),
                )
            )
            return
        self._workbench.delete(conversation_id)
        if self.page.conversation_id == conversation_id:
            self.new_conversation()
        self.chat.toast.say(
            self.tr("“{title}” is deleted.").format(title=title),
            self.tr("Undo"),
            lambda: self._bring_back(conversation_id),
        )

    def _bring_back(self, conversation_id: str) -> None:
        bench = self._workbench
        bench.ask(
            "history",
            self,
            lambda engine: engine.bring_back(conversation_id),
            lambda _: bench.refresh_conversations(),
        )

    def _export_current(self) -> None:
        if (conversation_id := self.page.conversation_id) is not None:
            self._export(conversation_id, self._titles.get(conversation_id, ""))

    def _export(self, conversation_id: str, title: str) -> None:
        if (place := PlaceToExport.ask(self, title)) is not None:
            self._workbench.ask(
                "history",
                self,
                lambda engine: engine.export(conversation_id, place),
                lambda _: self.say(self.tr("Exported to {place}.").format(place=place)),
            )

    def _choose_archive(self) -> None:
        if (place := ArchiveToImport.ask(self)) is not None:
            self.import_archive(place)

    def import_archive(self, place: Path) -> None:
        """Take in an exported conversation, and show it."""

        def show(conversation_id: str) -> None:
            self._workbench.refresh_conversations()
            self.open_conversation(conversation_id)

        self._workbench.ask("history", self, lambda engine: engine.import_archive(place), show)

    def _find(self) -> None:
        self._show_chat()
        self.chat.open_find()

    def _search(self) -> None:
        self.sidebar.show()
        self.sidebar.focus_search()

    def _attach(self) -> None:
        self._show_chat()
        self.composer.choose_files()

    # ------------------------------------------------------------ requests and plans

    def stop(self) -> None:
        """Stop the request that is under way."""
        self.chat.stop()

    def _escape(self) -> None:
        if self.palette_box.isVisible():
            self.palette_box.close_palette()
        elif self.chat.find_bar.isVisible():
            self.chat.find_bar.close_bar()
        elif self.inspector.isVisible() and not self._workbench.running:
            self.inspector.close_panel()
        else:
            self.chat.stop()

    def _inspect(self, answer: AssistantMessage, task_id: int) -> None:
        row = answer.panel.row(task_id)
        if row is None:
            return
        self._inspected = answer
        finished = answer.finished and not self.chat.is_busy
        self.inspector.show_task(row, answer.run_id, finished=finished)
        if finished and not row.candidates:
            task_type = row.task.task
            self._workbench.ask(
                "history",
                self.inspector,
                lambda engine: engine.candidates(task_type),
                self.inspector.show_candidates,
            )

    def _run_again(self, run_id: str, task_id: int, models: dict[int, str]) -> None:
        self.inspector.close_panel()
        self.chat.run_again(run_id, task_id, models)

    def _show_large_plan(self, answer: AssistantMessage) -> None:
        large = LargePlan(self, answer.panel)
        large.task_chosen.connect(lambda task_id: self._inspect(answer, task_id))
        large.show()

    def _run_batch(self, requests: list[Waiting]) -> None:
        self.chat.run_batch(requests)
        if len(requests) == 1:
            self._show_chat()

    def _on_run_ended(self, ended: RequestFinished | None) -> None:
        self.workflows.count_ended(ended)
        if ended is not None and ended.seconds > _LONG_S and not self.isActiveWindow():
            QApplication.alert(self)
        if self._rebuild is not None and not self.chat.is_busy:
            self._ask_for_rebuild()

    # ------------------------------------------------------------ problems

    def show_problem(self, problem: ProblemView) -> None:
        """Say it above the composer, until it is dismissed or the next request is sent."""
        self._dismiss_notice()
        self.chat.toast.hide()
        self._notice = ProblemCard(problem, closable=True)
        self._notice.dismissed.connect(self._dismiss_notice)
        self.chat.notices.addWidget(self._notice)
        self._workbench.run_started.connect(self._dismiss_notice, Qt.ConnectionType.UniqueConnection)
        if self.stack.currentWidget() is self.welcome:
            self.welcome.show_problem(problem)
        elif self.stack.currentWidget() is not self.chat:
            self.status.show_activity(problem.message)
            self._show_chat()

    def _dismiss_notice(self) -> None:
        if self._notice is not None:
            self.chat.notices.removeWidget(self._notice)
            self._notice.hide()
            self._notice.deleteLater()
            self._notice = None

    # ------------------------------------------------------------ settings

    def set_theme(self, name: str) -> None:
        """Dress the window, and remember it."""
        self._dress(name)
        self._workbench.keep_theme(name)

    def _dress(self, name: str) -> None:
        self._theme = name
        theme.apply_theme(name)
        for action in self._theme_menu.actions():
            action.setChecked(action.data() == name)

    def _on_desktop_theme(self) -> None:
        if self._theme == "system":
            theme.apply_theme("system")

    def _on_preferences(self, before: Preferences, now: Preferences) -> None:
        self.chat.set_preferences(now)
        if now.theme != before.theme:
            self._dress(now.theme)
        if (now.language, now.font_scale) != (before.language, before.font_scale):
            self._rebuild = now
            if self.chat.is_busy:
                self.say(self.tr("The window changes when the running request has ended."))
            else:
                self._ask_for_rebuild()

    def _speak(self, language: str) -> None:
        self.settings.language_box.setCurrentIndex(self.settings.language_box.findData(language))
        self.settings.language_box.activated.emit(self.settings.language_box.currentIndex())

    def _ask_for_rebuild(self) -> None:
        wanted, self._rebuild = self._rebuild, None
        self.composer.end_recording()
        self.chat.keep_draft()
        # Not from within a signal of a widget that goes with this window.
        QTimer.singleShot(0, self, lambda: self.rebuild_wanted.emit(wanted))

    # ------------------------------------------------------------ the window itself

    @property
    def place(self) -> tuple[str | None, str]:
        """The conversation and the page that are shown, for the window that takes this one's place."""
        names = {self.models: "models", self.workflows: "workflows", self.settings: "settings"}
        widget = self.stack.currentWidget()
        return self.page.conversation_id, next((name for one, name in names.items() if one is widget), "")

    def toggle_sidebar(self) -> None:
        """Show or hide the conversations."""
        self._sidebar_hidden = not self.sidebar.isHidden()
        self.sidebar.setVisible(not self._sidebar_hidden)

    def take_files(self, files: Sequence[Path]) -> None:
        """Come to the front with these files attached: the program was called again."""
        self._show_chat()
        self.composer.attach(files)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow, was_narrow = event.size().width() < _NARROW_PX, 0 < event.oldSize().width() < _NARROW_PX
        if narrow != was_narrow or event.oldSize().width() < 0:
            self.sidebar.setVisible(not narrow and not self._sidebar_hidden)

    def _restore(self) -> None:
        self.resize(1180, 780)
        geometry = self._state.value("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self._sidebar_hidden = str(self._state.value("sidebar_hidden", "false")) == "true"
        self.sidebar.setVisible(not self._sidebar_hidden)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.composer.end_recording()
        self.chat.keep_draft()
        self._state.setValue("geometry", self.saveGeometry())
        self._state.setValue("sidebar_hidden", "true" if self._sidebar_hidden else "false")
        self._state.sync()
        super().closeEvent(event)
        self.closed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()
            self.composer.show_dropping(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.composer.show_dropping(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.composer.show_dropping(False)
        files = local_files(event.mimeData())
        if not files:
            return
        event.acceptProposedAction()
        if self.stack.currentWidget() is self.models:
            self.models.import_from(files)
            return
        if self.stack.currentWidget() is not self.welcome:
            self._show_chat()
        self.composer.attach(files)
        self.composer.text.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.composer.show_dropping(False)
