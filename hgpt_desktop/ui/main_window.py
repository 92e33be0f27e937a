"""The window: the sidebar, the pages, and what leads from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDesktopServices, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hgpt_desktop.bridge.downloads import Downloads
from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.views import ProblemView, StarterView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui import code_colours, theme
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, restyle
from hgpt_desktop.ui.chat_page import ChatPage
from hgpt_desktop.ui.commands import Command, Palette, ShortcutSheet
from hgpt_desktop.ui.composer import Composer
from hgpt_desktop.ui.conversation_page import ConversationPage
from hgpt_desktop.ui.dialogs import ModelsFolder
from hgpt_desktop.ui.files import FileDrops
from hgpt_desktop.ui.first_start import FirstStart
from hgpt_desktop.ui.formats import duration_text
from hgpt_desktop.ui.framed_window import FramedWindow
from hgpt_desktop.ui.large_plan import LargePlan
from hgpt_desktop.ui.library_desk import LibraryDesk
from hgpt_desktop.ui.messages import AssistantMessage
from hgpt_desktop.ui.models_page import ModelsPage
from hgpt_desktop.ui.notices import LONG_S, Announcer, Notices
from hgpt_desktop.ui.request_queue import RunEnding, Waiting
from hgpt_desktop.ui.setting_texts import LINK_SCHEME, setting_names
from hgpt_desktop.ui.settings_page import SettingsPage
from hgpt_desktop.ui.sidebar import Sidebar
from hgpt_desktop.ui.status_line import StatusLine
from hgpt_desktop.ui.task_inspector import TaskInspector
from hgpt_desktop.ui.theme_menu import make_theme_menu
from hgpt_desktop.ui.window_commands import WindowCommands
from hgpt_desktop.ui.workflows_page import WorkflowsPage

_MODEL_FILES = (".gguf", ".safetensors")


class MainWindow(FramedWindow):
    """Sidebar, pages, status line; it talks to the workbench only.

    Args:
        theme_name: one of `theme.THEMES`.
        state_path: an INI file for the window's place and size.
        pasted_folder: where pasted pictures are kept; they belong to the conversations.
    """

    rebuild_wanted = Signal(object)  # Preferences: language or font size have changed

    def __init__(
        self,
        workbench: Workbench,
        theme_name: str,
        state_path: Path,
        pasted_folder: Path,
        files: Sequence[Path] = (),
    ) -> None:
        super().__init__(state_path)
        self.setWindowTitle("HGPT Desktop")
        FileDrops(self)
        self._workbench = workbench
        self._theme = theme_name if theme_name in theme.THEMES else "system"
        self._inspected: AssistantMessage | None = None
        self._rebuild: Preferences | None = None
        self._downloads = Downloads(workbench)
        self._build(pasted_folder)
        self.library = LibraryDesk(workbench, self.sidebar, self.chat, self)
        self.notices = Notices(self.chat.notices)
        self.announcer = Announcer(self)
        self.commands = self._make_commands()
        self._name_keys()
        self._connect()
        QShortcut(QKeySequence("Esc"), self, self._escape)
        # The stub asks for bytes, which are refused.
        QDesktopServices.setUrlHandler(LINK_SCHEME, self, "follow_link")  # type: ignore[arg-type]
        self.settings.shortcuts.show_commands(self.commands.usual, {})
        self.restore()
        self._show_title()
        self.composer.text.setFocus()
        if files:
            self.composer.attach(files)
        if workbench.is_open:  # another window had it before: language or font size were changed
            self._on_opened(workbench.missing)
            self.first_start.card.refresh()
            workbench.refresh_conversations()
            workbench.refresh_status()

    # ------------------------------------------------------------ parts

    def _build(self, pasted_folder: Path) -> None:
        self.sidebar = Sidebar()
        self.set_side(self.sidebar)
        self.chat = ChatPage(self._workbench, pasted_folder)
        self.first_start = FirstStart(self._workbench, self)
        self.welcome, self.set_card = self.first_start.page, self.first_start.card
        self.chat.notices.addWidget(self.set_card)
        self.models = ModelsPage(self._workbench, self._downloads)
        self.workflows = WorkflowsPage(self._workbench)
        self.settings = SettingsPage(self._workbench)
        self.inspector = TaskInspector()
        self.status = StatusLine()
        self.stack = QStackedWidget()
        for page in (self.chat, self.welcome, self.models, self.workflows, self.settings):
            self.stack.addWidget(page)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.stack, 1)
        middle.addWidget(self.inspector)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._make_top())
        right.addLayout(middle, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.sidebar)
        upper.addLayout(right, 1)
        self._whole = whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(self.status)
        self.setCentralWidget(whole)
        self.palette_box = Palette(whole)
        self.chat.toast.float_in(whole, self._floor, (self.chat.foot, self.stack))

    def _floor(self) -> QRect:
        """What a sentence in passing stands on: the composer, or the foot of another page."""
        whole, shown = self._whole, self.stack
        if self.stack.currentWidget() is self.chat:
            foot = self.chat.foot
            return QRect(foot.mapTo(whole, QPoint(0, 0)), foot.size())
        corner = shown.mapTo(whole, QPoint(0, 0))
        return QRect(corner.x() + 24, corner.y() + shown.height(), shown.width() - 48, 0)

    def _make_top(self) -> QFrame:
        self._title = ElidedLabel(self.tr("New conversation"), bold=True)
        self._title.setAccessibleName(self.tr("Title"))
        self._sidebar_button = IconButton("sidebar", self.tr("Show or hide the conversations"))
        self._sidebar_button.clicked.connect(self.toggle_side)
        self._palette_button = IconButton("command", self.tr("Command palette"))
        self._palette_button.clicked.connect(self.open_palette)
        theme_button = IconButton("theme", self.tr("Light or dark"))
        self._theme_menu = make_theme_menu(self, self._theme, self.set_theme)
        theme_button.setMenu(self._theme_menu)
        theme_button.setPopupMode(theme_button.ToolButtonPopupMode.InstantPopup)
        top = QFrame()
        top.setObjectName("topBar")
        top.setFixedHeight(48)
        bar = QHBoxLayout(top)
        bar.setContentsMargins(10, 0, 10, 0)
        bar.setSpacing(8)
        bar.addWidget(self._sidebar_button)
        bar.addWidget(self._title, 1)
        bar.addWidget(self._palette_button)
        bar.addWidget(theme_button)
        return top

    def _connect(self) -> None:
        bench, chat, sidebar = self._workbench, self.chat, self.sidebar
        bench.opened.connect(self._on_opened)
        bench.opened.connect(self._look_for_faults)
        bench.open_failed.connect(self._on_open_failed)
        bench.status_changed.connect(self.status.show_status)
        bench.problem_arrived.connect(self.show_problem)
        bench.run_started.connect(self.notices.dismiss)
        self.composer.recorder.begun.connect(self.notices.dismiss)  # there is a microphone now
        self.files_hovered.connect(self._on_hovered)
        self.files_dropped.connect(self._on_dropped)
        sidebar.new_wanted.connect(self.new_conversation)
        sidebar.conversation_wanted.connect(self._open_listed)
        sidebar.page_wanted.connect(self.show_page)
        self.library.titles_changed.connect(self._show_title)
        self.library.conversation_wanted.connect(self.open_conversation)
        self.library.new_wanted.connect(self.new_conversation)
        chat.current_changed.connect(self._on_current)
        chat.activity_changed.connect(self.status.show_activity)
        chat.inspection_wanted.connect(self._inspect)
        chat.large_plan_wanted.connect(self._show_large_plan)
        chat.run_ended.connect(self._on_run_ended)
        chat.workflows_changed.connect(self.workflows.refresh)
        chat.models_wanted.connect(self.show_model)
        chat.workflows_wanted.connect(partial(self.show_page, "workflows"))
        self.inspector.again_wanted.connect(self._run_again)
        self.inspector.close_wanted.connect(self._close_inspector)
        for place in (self.library, self.models, self.workflows, self.settings, self.set_card):
            place.said.connect(self.say)
        for one in (self.library, chat, self.models, self.workflows, self.settings):
            one.problem_arrived.connect(self.show_problem)
        for page in (self.models, self.workflows, self.settings):
            page.undo_offered.connect(chat.toast.say)
        self.models.working.connect(self.status.show_activity)
        self.models.imported.connect(bench.check_starter)
        self.models.shelf_changed.connect(self.set_card.refresh)
        self.workflows.requests_ready.connect(self._run_batch)
        self.workflows.stop_wanted.connect(chat.stop_batch)
        self.workflows.conversation_wanted.connect(self.open_conversation)
        self.workflows.new_wanted.connect(self.new_conversation)
        self.settings.preferences_changed.connect(self._on_preferences)
        self.settings.reopen_wanted.connect(self._reopen)
        self.first_start.activity_changed.connect(self.status.show_activity)
        self.first_start.problem_arrived.connect(self.show_problem)
        self.first_start.ended.connect(self._on_first_start_ended)
        self.welcome.skip_wanted.connect(self._show_chat)
        self.welcome.import_wanted.connect(self._import_at_first_start)
        self.welcome.folder_wanted.connect(self._choose_models_folder)
        self.welcome.language_wanted.connect(self._speak)
        self.announcer.window_wanted.connect(self.come_forward)
        self.announcer.new_wanted.connect(self._new_from_tray)
        self.announcer.quit_wanted.connect(self.close)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_desktop_theme)

    def _make_commands(self) -> WindowCommands:
        return WindowCommands(
            self,
            {
                "new": self.new_conversation,
                "find": self._find,
                "search": self._search,
                "attach": self._attach,
                "region": self.composer.take_region,
                "record": self.composer.record,
                "stop": self.stop,
                "models": partial(self.show_page, "models"),
                "workflows": partial(self.show_page, "workflows"),
                "settings": partial(self.show_page, "settings"),
                "back": self._show_chat,
                "sidebar": self.toggle_side,
                "export": self.library.export_shown,
                "import": self.library.choose_archive,
                "light": partial(self.set_theme, "light"),
                "dark": partial(self.set_theme, "dark"),
                "contrast": partial(self.set_theme, "contrast"),
                "palette": self.open_palette,
                "keys": self._show_shortcuts,
                "quit": self.close,
            },
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
        ask("history", self, lambda engine: engine.preferences(), self._take_preferences)
        ask("history", self, lambda engine: engine.drafts(), lambda found: self.chat.show_drafts(dict(found)))
        if self.first_start.begin(starter):
            self.stack.setCurrentWidget(self.welcome)
            self._mark_way("")
            self._title.setText(self.tr("First start"))
            self.welcome.install_button.setFocus()
        elif self.stack.currentWidget() is self.welcome:  # it was opened anew, and nothing is missing now
            self._show_chat()
        elif name := self.place[1]:  # it was chosen before there was anything to show
            self.show_page(name)

    def _look_for_faults(self) -> None:
        def found(fault: ProblemView | None) -> None:
            if fault is not None:
                self.show_problem(fault)

        self._workbench.ask("disk", self, lambda engine: engine.catalogue_fault(), found)

    def _on_open_failed(self, problem: ProblemView) -> None:
        self.composer.set_blocked(self.tr("The program could not start."))
        self.status.show_activity(self.tr("Not started"))
        self.show_problem(problem)

    def _on_first_start_ended(self) -> None:
        self._show_chat()
        self.say(self.tr("All starter models are here. Ask for something, or try one of the samples."))

    def _import_at_first_start(self) -> None:
        self.show_page("models")
        self.models.import_button.click()

    def _choose_models_folder(self) -> None:
        if (folder := ModelsFolder.ask(self, "")) is not None:
            self.settings.set_models_folder(folder, self._reopen)

    def _reopen(self) -> None:
        """Let the engine begin anew on what is set now."""
        if self._workbench.reopen():
            for one in (self.notices, self.models.notices, self.settings.notices):
                one.dismiss()  # what was wrong may be right now; else it is said again
            self.composer.set_blocked(self.tr("The program is starting anew with these settings."))
            self.status.show_activity(self.tr("Starting…"))
        else:
            self.say(self.tr("A request or a download is under way; try again when it has ended."))

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
        # Else the keys go to whatever stands next to what is hidden now.
        (page if isinstance(page, WorkflowsPage) else page.search_field).setFocus()
        self._mark_way(name)
        self._title.setText(title)

    def show_model(self, model_id: str) -> None:
        """Show the models, at this one."""
        self.show_page("models")
        self.models.show_model(model_id)

    def show_setting(self, key: str) -> None:
        """Show the settings, at this one."""
        self.show_page("settings")
        self.settings.show_setting(key)

    @Slot(QUrl)
    def follow_link(self, link: QUrl) -> None:
        """A setting that a sentence names was clicked."""
        if (key := link.path()) in setting_names():
            self.show_setting(key)

    def _mark_way(self, name: str) -> None:
        for key, way in self.sidebar.ways.items():
            way.setProperty("current", key == name)
            restyle(way)

    def _name_keys(self) -> None:
        composer, recorder = self.composer, self.composer.recorder
        for id_, widget in (
            ("new", self.sidebar.new_button),
            ("search", self.sidebar.search_field),
            ("sidebar", self._sidebar_button),
            ("palette", self._palette_button),
            ("attach", composer.attach_button),
            ("region", composer.region_button),
            ("record", composer.record_button),
            *self.sidebar.ways.items(),
        ):
            self.commands.name_keys_on(id_, widget)
        self.commands.name_keys_on("record", recorder.stop_button, recorder.stop_button.toolTip())

    def open_palette(self) -> None:
        """Offer all commands, and the conversations."""
        found = [
            Command(self.tr("Open: {title}").format(title=title), partial(self.open_conversation, key))
            for key, title in self.library.titles.items()
        ]
        settings = [
            Command(self.tr("Change: {name}").format(name=name), partial(self.show_setting, key))
            for key, name in setting_names().items()
        ]
        self.palette_box.open_with([*self.commands.all, *found, *settings])

    def _show_shortcuts(self) -> None:
        ShortcutSheet(self, self.commands.all).show()

    def say(self, sentence: str) -> None:
        """Say something in passing."""
        self.chat.toast.say(sentence)
        self.status.show_activity(sentence)

    def show_problem(self, problem: ProblemView) -> None:
        """Say it where the user is; above the composer until it is dismissed or the next request is sent."""
        self.chat.toast.dismiss()
        page = self.stack.currentWidget()
        if isinstance(page, ModelsPage | SettingsPage):
            page.show_problem(problem)
            self.status.show_activity(problem.message)
            return
        self.notices.show(problem)
        if page is self.welcome:
            self.welcome.show_problem(problem)
        elif page is not self.chat:
            self.status.show_activity(problem.message)
            self._show_chat()

    def _on_hovered(self, hovered: bool) -> None:
        on_models = self.stack.currentWidget() is self.models
        self.models.show_dropping(hovered and on_models)
        self.composer.show_dropping(hovered and not on_models)

    def _on_dropped(self, files: list[Path]) -> None:
        first = self.stack.currentWidget() is self.welcome
        if first and any(one.is_dir() or one.suffix.lower() in _MODEL_FILES for one in files):
            self.show_page("models")
        if self.stack.currentWidget() is self.models:
            self.models.import_from(files)
            return
        if self.stack.currentWidget() is not self.welcome:
            self._show_chat()
        self.composer.attach(files)
        self.activateWindow()  # what is typed next is meant for them, not for where they came from
        self.composer.text.setFocus()

    # ------------------------------------------------------------ conversations

    def new_conversation(self) -> None:
        """Show an empty conversation."""
        self.chat.new_conversation()
        if self.stack.currentWidget() is not self.welcome:
            self._show_chat()

    def _new_from_tray(self) -> None:
        self.new_conversation()
        self.come_forward()

    def open_conversation(self, conversation_id: str) -> None:
        """Show a kept conversation; it is read in a worker."""
        self._show_chat()
        self.chat.open_conversation(conversation_id)

    def _open_listed(self, conversation_id: str) -> None:
        self._show_chat()
        self.chat.open_conversation(conversation_id, self.sidebar.sought)

    def _on_current(self) -> None:
        self.sidebar.set_current(self.page.conversation_id)
        self.inspector.close_panel()
        self._show_title()

    def _show_title(self) -> None:
        if self.stack.currentWidget() is self.chat:
            title = self.library.title_of(self.page.conversation_id)
            self._title.setText(title or self.tr("New conversation"))

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
        elif self.inspector.isVisible():
            self._close_inspector()
        else:
            self.chat.stop()

    def _close_inspector(self) -> None:
        self.inspector.close_panel()
        self.composer.text.setFocus()  # else it goes to the first button of the window

    def _inspect(self, answer: AssistantMessage, task_id: int) -> None:
        row = answer.panel.row(task_id)
        if row is None:
            return
        self._inspected = answer
        finished = answer.finished and not self.chat.is_busy
        self.inspector.show_task(row, answer.run_id, finished=finished)
        if finished:  # other models may be installed by now
            task_type = row.task.task
            self._workbench.ask(
                "history",
                self.inspector,
                lambda engine: engine.candidates(task_type),
                lambda candidates: self.inspector.show_candidates(row, candidates),
            )

    def _run_again(self, run_id: str, task_id: int, models: dict[int, str]) -> None:
        self._close_inspector()
        self.chat.run_again(run_id, task_id, models)

    def _show_large_plan(self, answer: AssistantMessage) -> None:
        large = LargePlan(self, answer.panel)
        large.task_chosen.connect(lambda task_id: self._inspect(answer, task_id))
        large.show()

    def _run_batch(self, requests: list[Waiting]) -> None:
        self.chat.run_batch(requests)
        if not requests[0].batch:
            self._show_chat()

    def _on_run_ended(self, ending: RunEnding) -> None:
        task_id = self.inspector.task_id
        if self._inspected is not None and task_id is not None and not self.inspector.can_run_again:
            self._inspect(self._inspected, task_id)
        of_batch = bool(ending.request is not None and ending.request.batch)
        if of_batch:
            self.workflows.count_ended(ending)
        if of_batch and not self.workflows.running:
            self.announcer.announce(self.tr("The batch has ended"), self.workflows.summary)
        elif not of_batch and ending.ended is not None and ending.ended.seconds > LONG_S:
            title = self.library.title_of(ending.conversation_id) or self.tr("A request")
            sentence = self.tr("Ended after {time}.").format(time=duration_text(ending.ended.seconds))
            self.announcer.announce(title, sentence)
        if self._rebuild is not None and not self.chat.is_busy:
            self._ask_for_rebuild()

    # ------------------------------------------------------------ settings

    def _take_preferences(self, preferences: Preferences) -> None:
        self.settings.show_preferences(preferences)
        self.chat.set_preferences(preferences)
        self.commands.set_keys(preferences.shortcuts)
        self.announcer.set_wanted(preferences.notify)

    def set_theme(self, name: str) -> None:
        """Dress the window, and remember it."""
        self._dress(name)
        self._workbench.keep_theme(name)
        self.settings.note_theme(name)

    def _dress(self, name: str) -> None:
        self._theme = name
        theme.apply_theme(name)
        for action in self._theme_menu.actions():
            action.setChecked(action.data() == name)

    def _on_desktop_theme(self) -> None:
        if self._theme == "system":
            theme.apply_theme("system")

    def _on_preferences(self, before: Preferences, now: Preferences) -> None:
        self._take_preferences(now)
        if now.theme != before.theme:
            self._dress(now.theme)
        if (now.language, now.font_scale) != (before.language, before.font_scale):
            self._rebuild = now
            if self.chat.is_busy:
                self.say(self.tr("The window changes when the running request has ended."))
            else:
                self._ask_for_rebuild()

    def _speak(self, language: str) -> None:
        self.settings.controls.language_box.setCurrentIndex(
            self.settings.controls.language_box.findData(language)
        )
        self.settings.controls.language_box.activated.emit(self.settings.controls.language_box.currentIndex())

    def _ask_for_rebuild(self) -> None:
        wanted, self._rebuild = self._rebuild, None
        self.composer.end_recording()
        self.chat.keep_draft()
        # Not from within a signal of a widget that goes with this window.
        QTimer.singleShot(0, self, lambda: self.rebuild_wanted.emit(wanted))

    @property
    def place(self) -> tuple[str | None, str]:
        """The conversation and the page that are shown, for the window that takes this one's place."""
        names = {self.models: "models", self.workflows: "workflows", self.settings: "settings"}
        widget = self.stack.currentWidget()
        return self.page.conversation_id, next((name for one, name in names.items() if one is widget), "")

    def take_files(self, files: Sequence[Path]) -> None:
        """Come to the front with these files attached: the program was called again."""
        if files:
            self._show_chat()
            self.composer.attach(files)
        self.come_forward()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.composer.end_recording()
        self.chat.keep_draft()
        self.announcer.set_wanted(False)
        super().closeEvent(event)
