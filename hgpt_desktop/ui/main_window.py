"""The window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, Signal
from PySide6.QtGui import (
    QActionGroup,
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
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hgpt_desktop.bridge.views import ConversationView, ExchangeView, InstallView, ProblemView, StarterView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.events import Event, RequestStarted
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.activity import Activity
from hgpt_desktop.ui.basics import ElidedLabel, IconButton
from hgpt_desktop.ui.cards import ProblemCard
from hgpt_desktop.ui.composer import Composer, local_files
from hgpt_desktop.ui.conversation_page import COLUMN_PX, ConversationPage
from hgpt_desktop.ui.sidebar import Sidebar
from hgpt_desktop.ui.status_line import StatusLine
from hgpt_desktop.ui.welcome import WelcomePage

_SCROLL_BAR_PX = 12  # as in the stylesheet
_NARROW_PX = 720  # below this the sidebar makes room for the conversation


class MainWindow(QMainWindow):
    """Sidebar, conversation, composer, status line; it talks to the workbench only.

    Args:
        theme_name: `system`, `light` or `dark`.
        state_path: an INI file for the window's place and size.
        pasted_folder: where pasted pictures are kept; they belong to the conversations.
    """

    closed = Signal()

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
        self._workbench = workbench
        self._theme = theme_name if theme_name in theme.THEMES else "system"
        self._state = QSettings(str(state_path), QSettings.Format.IniFormat)
        self._activity = Activity()
        self._live: ConversationPage | None = None
        self._wanted: str | None = None  # the conversation that was asked for and is being read
        self._titles: dict[str, str] = {}
        self._notice: ProblemCard | None = None
        self._sidebar_hidden = False
        self._build(pasted_folder)
        self._connect()
        self._add_shortcuts()
        self._restore()
        self.new_conversation()
        if files:
            self.composer.attach(files)

    # ------------------------------------------------------------ parts

    def _build(self, pasted_folder: Path) -> None:
        self.sidebar = Sidebar()
        self.composer = Composer(pasted_folder)
        self.welcome = WelcomePage()
        self.status = StatusLine()
        self.pages = QStackedWidget()
        self._title = ElidedLabel(self.tr("New conversation"), bold=True)
        self._sidebar_button = IconButton("sidebar", self.tr("Show or hide the conversations"))
        self._sidebar_button.clicked.connect(self.toggle_sidebar)
        self._theme_button = IconButton("theme", self.tr("Light or dark"))
        self._theme_menu = self._make_theme_menu()
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
        bar.addWidget(self._theme_button)
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(0, 0, 0, 0)
        below = QVBoxLayout()
        below.setContentsMargins(24, 0, 24, 14)
        foot = QWidget()
        foot.setMaximumWidth(COLUMN_PX - 48)
        foot_column = QVBoxLayout(foot)
        foot_column.setContentsMargins(0, 0, 0, 0)
        foot_column.setSpacing(10)
        foot_column.addLayout(self._notices)
        foot_column.addWidget(self.composer)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(foot, 1000)
        line.addStretch(1)
        line.addSpacing(_SCROLL_BAR_PX)
        below.addLayout(line)
        chat = QWidget()
        chat.setObjectName("chatColumn")
        chat_column = QVBoxLayout(chat)
        chat_column.setContentsMargins(0, 0, 0, 0)
        chat_column.setSpacing(0)
        chat_column.addWidget(self.pages, 1)
        chat_column.addLayout(below)
        self.stack = QStackedWidget()
        self.stack.addWidget(chat)
        self.stack.addWidget(self.welcome)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(top)
        right.addWidget(self.stack, 1)
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

    def _make_theme_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        names = {
            "system": self.tr("As the desktop"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
        }
        for name in theme.THEMES:
            action = menu.addAction(names[name])
            action.setCheckable(True)
            action.setChecked(name == self._theme)
            action.setData(name)
            group.addAction(action)
        group.triggered.connect(lambda action: self.set_theme(action.data()))
        return menu

    def _connect(self) -> None:
        bench = self._workbench
        bench.opened.connect(self._on_opened)
        bench.open_failed.connect(self._on_open_failed)
        bench.run_started.connect(self._on_run_started)
        bench.event_arrived.connect(self._on_event)
        bench.request_failed.connect(self._on_request_failed)
        bench.run_ended.connect(self._on_run_ended)
        bench.conversations_changed.connect(self._on_conversations)
        bench.searched.connect(self._on_searched)
        bench.conversation_opened.connect(self._on_conversation)
        bench.status_changed.connect(self.status.show_status)
        bench.install_progressed.connect(self._on_install_progress)
        bench.install_failed.connect(self.welcome.show_problem)
        bench.install_finished.connect(self._on_install_finished)
        bench.problem_arrived.connect(self.show_problem)
        self.sidebar.new_wanted.connect(self.new_conversation)
        self.sidebar.conversation_wanted.connect(self.open_conversation)
        self.sidebar.rename_wanted.connect(bench.rename)
        self.sidebar.delete_wanted.connect(self._delete)
        self.sidebar.search_wanted.connect(bench.search)
        self.sidebar.search_ended.connect(bench.refresh_conversations)
        self.composer.send_wanted.connect(self.send)
        self.composer.stop_wanted.connect(self.stop)
        self.composer.problem_arrived.connect(self.show_problem)
        self.welcome.install_wanted.connect(bench.install_starter)
        self.welcome.cancel_wanted.connect(bench.cancel_install)
        self.welcome.skip_wanted.connect(self._show_chat)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_desktop_theme)

    def _add_shortcuts(self) -> None:
        for keys, slot in (
            (QKeySequence.StandardKey.New, self.new_conversation),
            (QKeySequence.StandardKey.Find, self._find),
            (QKeySequence.StandardKey.Open, self.composer.choose_files),
            (QKeySequence("Ctrl+Q"), self.close),
            (QKeySequence("Esc"), self.stop),
        ):
            QShortcut(QKeySequence(keys), self, slot)

    # ------------------------------------------------------------ start

    def _on_opened(self, starter: StarterView | None) -> None:
        self.composer.set_blocked("")
        self.status.show_activity(self.tr("Ready"))
        if starter is not None:
            self.welcome.show_starter(starter)
            self.stack.setCurrentWidget(self.welcome)
            self._title.setText(self.tr("First start"))
            self.welcome.install_button.setFocus()

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

    def _show_chat(self) -> None:
        self.stack.setCurrentIndex(0)
        self._show_title()
        self.composer.text.setFocus()

    # ------------------------------------------------------------ conversations

    @property
    def page(self) -> ConversationPage:
        """The conversation that is shown."""
        page = self.pages.currentWidget()
        assert isinstance(page, ConversationPage)
        return page

    def new_conversation(self) -> None:
        """Show an empty conversation; what was written in the composer stays."""
        self._wanted = None
        if self.pages.count() == 0 or not self.page.is_empty:
            self._show_page(ConversationPage())
        self.sidebar.set_current(None)
        if self.stack.currentIndex() == 0:
            self._show_chat()

    def open_conversation(self, conversation_id: str) -> None:
        """Show a kept conversation; it is read in a worker."""
        self.stack.setCurrentIndex(0)
        if self._live is not None and self._live.conversation_id == conversation_id:
            self._show_page(self._live)
            return
        self._wanted = conversation_id
        self._workbench.open_conversation(conversation_id)

    def _on_conversation(self, conversation_id: str, exchanges: tuple[ExchangeView, ...]) -> None:
        if conversation_id != self._wanted:
            return  # another one was asked for meanwhile
        self._wanted = None
        page = ConversationPage(conversation_id)
        page.show_exchanges(exchanges)
        self._show_page(page)
        self.composer.text.setFocus()

    def _show_page(self, page: ConversationPage) -> None:
        old = self.pages.currentWidget()
        if self.pages.indexOf(page) < 0:
            page.edit_wanted.connect(self.composer.set_draft)
            page.sample_wanted.connect(self._send_sample)
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        if old is not None and old is not page and old is not self._live:
            self._discard(old)
        self.sidebar.set_current(page.conversation_id)
        self._show_title()

    def _discard(self, page: QWidget) -> None:
        self.pages.removeWidget(page)
        page.hide()
        page.deleteLater()

    def _show_title(self) -> None:
        conversation_id = self.page.conversation_id
        title = self._titles.get(conversation_id, "") if conversation_id else ""
        self._title.setText(title or self.tr("New conversation"))

    def _on_conversations(self, found: tuple[ConversationView, ...]) -> None:
        self._titles = {one.id: one.title for one in found}
        if not self.sidebar.searching:
            self.sidebar.show_conversations(found)
        if self.stack.currentIndex() == 0:
            self._show_title()

    def _on_searched(self, text: str, found: tuple[ConversationView, ...]) -> None:
        if text == self.sidebar.search_field.text().strip():
            self.sidebar.show_found(found)

    def _delete(self, conversation_id: str) -> None:
        if self._live is not None and self._live.conversation_id == conversation_id:
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

    # ------------------------------------------------------------ requests

    def send(self, text: str, paths: Sequence[Path]) -> None:
        """Send a request in the conversation that is shown."""
        if self._workbench.running or not self._workbench.is_open:
            return
        self._dismiss_notice()
        page = self.page
        self._live = page
        page.begin(text, paths)
        self.composer.clear()
        self._workbench.submit(text, paths, page.conversation_id)

    def _send_sample(self, text: str, paths: Sequence[Path]) -> None:
        if self._workbench.is_open and not self._workbench.running:
            self.send(text, paths)
        else:
            self.composer.set_draft(text, paths)

    def stop(self) -> None:
        """Stop the request that is under way."""
        if self._workbench.running:
            self.status.show_activity(self.tr("Stopping…"))
            self._workbench.stop()

    def _on_run_started(self) -> None:
        self.composer.set_running(True)

    def _on_event(self, event: Event) -> None:
        if self._live is None:
            return
        self._live.handle(event)
        if isinstance(event, RequestStarted) and self._live is self.page:
            self.sidebar.set_current(event.conversation_id)
        if (sentence := self._activity.sentence(event)) is not None:
            self.status.show_activity(sentence)

    def _on_request_failed(self, problem: ProblemView) -> None:
        self.status.show_activity(self.tr("Not done"))
        if self._live is not None:
            self._live.fail(problem)
        else:
            self.show_problem(problem)

    def _on_run_ended(self) -> None:
        live, self._live = self._live, None
        self.composer.set_running(False)
        if live is not None:
            live.end()
            if live is not self.page:  # the user has gone elsewhere; it is kept in the history
                self._discard(live)

    # ------------------------------------------------------------ problems

    def show_problem(self, problem: ProblemView) -> None:
        """Say it above the composer, until it is dismissed or the next request is sent."""
        self._dismiss_notice()
        self._notice = ProblemCard(problem, closable=True)
        self._notice.dismissed.connect(self._dismiss_notice)
        self._notices.addWidget(self._notice)
        if self.stack.currentIndex() != 0:
            self.welcome.show_problem(problem)

    def _dismiss_notice(self) -> None:
        if self._notice is not None:
            self._notices.removeWidget(self._notice)
            self._notice.hide()
            self._notice.deleteLater()
            self._notice = None

    # ------------------------------------------------------------ theme

    def set_theme(self, name: str) -> None:
        """Dress the window, and remember it."""
        self._theme = name
        theme.apply_theme(name)
        self._workbench.keep_theme(name)
        for action in self._theme_menu.actions():
            action.setChecked(action.data() == name)

    def _on_desktop_theme(self) -> None:
        if self._theme == "system":
            theme.dress(theme.wants_dark("system"))

    # ------------------------------------------------------------ the window itself

    def toggle_sidebar(self) -> None:
        """Show or hide the conversations."""
        self._sidebar_hidden = not self.sidebar.isHidden()
        self.sidebar.setVisible(not self._sidebar_hidden)

    def _find(self) -> None:
        self.sidebar.show()
        self.sidebar.focus_search()

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
        if files := local_files(event.mimeData()):
            event.acceptProposedAction()
            self.composer.attach(files)
            self.composer.text.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.composer.show_dropping(False)
