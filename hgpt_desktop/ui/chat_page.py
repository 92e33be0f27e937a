"""The conversation that is shown, the composer below it, and the requests that run and wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hgpt_desktop.bridge.plans import estimate
from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.views import (
    DraftView,
    ExchangeView,
    ProblemView,
    Proposal,
    RunOptions,
    WorkflowView,
)
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.errors import ExitCode
from hgpt_desktop.core.events import Event, RequestFinished, RequestStarted
from hgpt_desktop.ui.activity import Activity
from hgpt_desktop.ui.composer import Composer
from hgpt_desktop.ui.conversation_page import COLUMN_PX, ConversationPage
from hgpt_desktop.ui.dialogs import WorkflowName
from hgpt_desktop.ui.drafts import Drafts, Unsent
from hgpt_desktop.ui.find_bar import FindBar
from hgpt_desktop.ui.messages import AssistantMessage
from hgpt_desktop.ui.plan_editor import PlanEditor
from hgpt_desktop.ui.request_queue import RequestQueue, RunEnding, Waiting
from hgpt_desktop.ui.task_names import plan_name
from hgpt_desktop.ui.toast import Toast

_SCROLL_BAR_PX = 12  # as in the stylesheet
PLAIN = RunOptions()


class ChatPage(QWidget):
    """Talks to the workbench about requests and conversations.

    Args:
        pasted_folder: where pasted pictures are kept; they belong to the conversations.
    """

    current_changed = Signal()  # another conversation is shown, or it got its id
    activity_changed = Signal(str)
    problem_arrived = Signal(object)  # ProblemView
    inspection_wanted = Signal(object, int)  # AssistantMessage, task id
    large_plan_wanted = Signal(object)  # AssistantMessage
    run_ended = Signal(object)  # RunEnding
    workflows_changed = Signal()
    workflows_wanted = Signal()
    models_wanted = Signal(str)  # model id

    def __init__(self, workbench: Workbench, pasted_folder: Path) -> None:
        super().__init__()
        self.setObjectName("chatColumn")
        self._workbench = workbench
        self._activity = Activity()
        self._live: ConversationPage | None = None
        self._ended: RequestFinished | None = None
        self._problem: ProblemView | None = None  # why the request under way never began
        self._current: Waiting | None = None
        self._leaving: list[ConversationPage] = []
        self._wanted: str | None = None  # the conversation that was asked for and is being read
        self._sought = ""  # what is to be found in it
        self._branch = ""  # the run whose branch is to be shown in the page that is shown
        self._asked: Waiting | None = None  # the request whose plan is being made, to be approved
        self._editor: PlanEditor | None = None
        self._preferences = Preferences()
        self.composer = Composer(pasted_folder)
        self._drafts = Drafts(workbench, self.composer, lambda: self.page.conversation_id, self._unsent)
        self.pages = QStackedWidget()
        self.find_bar = FindBar()
        self.queue = RequestQueue()
        self.toast = Toast()
        self.notices = QVBoxLayout()
        self._build()
        self._connect()
        self.new_conversation()

    def _build(self) -> None:
        self.notices.setContentsMargins(0, 0, 0, 0)
        self.foot = foot = QWidget()
        foot.setMaximumWidth(COLUMN_PX - 48)
        inside = QVBoxLayout(foot)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(10)
        inside.addLayout(self.notices)
        inside.addWidget(self.queue)
        inside.addWidget(self.composer)
        line = QHBoxLayout()
        line.setContentsMargins(24, 0, 24, 14)
        line.addStretch(1)
        line.addWidget(foot, 1000)
        line.addStretch(1)
        line.addSpacing(_SCROLL_BAR_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.find_bar)
        column.addWidget(self.pages, 1)
        column.addLayout(line)

    def _connect(self) -> None:
        bench = self._workbench
        bench.run_started.connect(self._on_run_started)
        bench.event_arrived.connect(self._on_event)
        bench.request_failed.connect(self._on_request_failed)
        bench.run_ended.connect(self._on_run_ended)
        bench.plan_proposed.connect(self._on_proposed)
        bench.conversation_opened.connect(self._on_conversation)
        self.composer.send_wanted.connect(self._on_send)
        self.composer.stop_wanted.connect(self.stop)
        self._drafts.put_aside.connect(self._on_put_aside)
        self.composer.problem_arrived.connect(self.problem_arrived)
        self.composer.strip.taken_away.connect(self._on_taken_away)
        self.composer.revision_left.connect(self._on_revision_left)
        self.queue.changed.connect(self._drafts.write)
        self.queue.taken_back.connect(self._take_back)
        self.queue.dropped.connect(self._on_dropped)
        self.find_bar.closed.connect(self.composer.text.setFocus)
        # Where somebody reads; a line of text that has the keyboard takes the key itself.
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self, self._paste)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _paste(self) -> None:
        self.composer.text.setFocus()
        self.composer.text.paste()

    # ------------------------------------------------------------ conversations

    @property
    def page(self) -> ConversationPage:
        """The conversation that is shown."""
        page = self.pages.currentWidget()
        assert isinstance(page, ConversationPage)
        return page

    @property
    def busy_with(self) -> str | None:
        """The conversation in which a request is under way."""
        return self._live.conversation_id if self._live is not None else None

    def new_conversation(self) -> None:
        """Show an empty conversation."""
        self._wanted = None
        if self.pages.count() == 0 or not self.page.is_empty or self.page.conversation_id is not None:
            self._show_page(self._make_page(None))
        self.current_changed.emit()

    def open_conversation(self, conversation_id: str, words: str = "") -> None:
        """Show a kept conversation, where these words stand in it; it is read in a worker."""
        self._sought, self._branch = words, ""
        if self._live is not None and self._live.conversation_id == conversation_id:
            self._show_page(self._live)
        if self.page.conversation_id == conversation_id:
            self._wanted = None
            if words:
                self.find_bar.lead_to(self.page, words)
            return
        if self.page.conversation_id == conversation_id:
            self._wanted = None
            return
        self._wanted = conversation_id
        self._workbench.open_conversation(conversation_id)

    def _on_conversation(self, conversation_id: str, exchanges: tuple[ExchangeView, ...]) -> None:
        if conversation_id != self._wanted:
            return  # another one was asked for meanwhile
        self._wanted = None
        branch, self._branch = self._branch, ""
        if branch and self.page.conversation_id == conversation_id:
            self.page.change_branch(branch, exchanges)
            self.composer.text.setFocus()
            self.current_changed.emit()
            return
        page = self._make_page(conversation_id)
        page.show_exchanges(exchanges)
        self._show_page(page)
        if self._sought:
            self.find_bar.lead_to(page, self._sought)
        self.composer.text.setFocus()

    def _make_page(self, conversation_id: str | None) -> ConversationPage:
        page = ConversationPage(conversation_id)
        self._wire(page)
        return page

    def _wire(self, page: ConversationPage) -> None:
        page.edit_wanted.connect(self._edit)
        page.sample_wanted.connect(self._send_sample)
        page.revise_wanted.connect(self._revise)
        page.again_wanted.connect(self._send_again)
        page.branch_wanted.connect(self._show_branch)
        page.quote_wanted.connect(self.composer.quote)
        page.rated.connect(self._rate)
        page.workflow_wanted.connect(self._save_workflow)
        page.answer_added.connect(self._on_answer_added)

    def _on_answer_added(self, answer: AssistantMessage) -> None:
        answer.task_wanted.connect(lambda task_id: self.inspection_wanted.emit(answer, task_id))
        answer.large_plan_wanted.connect(lambda: self.large_plan_wanted.emit(answer))
        answer.models_wanted.connect(self.models_wanted)

    def _show_page(self, page: ConversationPage) -> None:
        old = self.pages.currentWidget()
        if isinstance(old, ConversationPage) and old is not page:
            self.keep_draft()
        if self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        if old is not None and old is not page:
            self.find_bar.close_bar()
            if old is not self._live:
                self._discard(old)
            self._drafts.show()
        self.current_changed.emit()

    def _discard(self, page: QWidget) -> None:
        self.pages.removeWidget(page)
        if isinstance(page, ConversationPage):
            # With its last reference it would go all at once.
            self._leaving = [*(one for one in self._leaving if shiboken6.isValid(one)), page]
            page.leave()

    def open_find(self) -> None:
        """Look for words in the conversation that is shown."""
        self.find_bar.open_on(self.page)

    # ------------------------------------------------------------ drafts

    def show_drafts(self, drafts: dict[str | None, DraftView]) -> None:
        """What was written before the program was closed; what is written now stays."""
        self._drafts.take(drafts)
        self.composer.bring_back_recordings()

    def keep_draft(self) -> None:
        """Keep what is written for the conversation that is shown."""
        self._drafts.keep()

    def _unsent(self) -> Unsent:
        """What waits for its turn, or for a word on its plan, and of workflows nothing."""
        waiting, live = list(self.queue.waiting), self._live
        if self._current is not None and live is not None and live.answers and not live.answers[-1].run_id:
            waiting.insert(0, self._current)
        unsent = []
        for one in waiting:
            where = one.conversation_id
            if isinstance(one.place, ConversationPage) and shiboken6.isValid(one.place):
                where = one.place.conversation_id  # it may have got its id since
            if one.options.plan is None:
                unsent.append((where, DraftView(one.text, one.paths)))
        return unsent

    def _edit(self, text: str, paths: Sequence[Path]) -> None:
        self._drafts.make_room(lambda: self.composer.set_draft(text, paths))

    def _revise(self, run_id: str, text: str, paths: Sequence[Path]) -> None:
        self._drafts.make_room(lambda: self.composer.revise(run_id, text, paths))

    def _on_put_aside(self, written: DraftView) -> None:
        self.toast.say(
            self.tr("What you had written was put aside."),
            self.tr("Bring it back"),
            lambda: self.composer.set_draft(written.text, written.paths),
        )

    def _on_taken_away(self, paths: list[Path], place: int) -> None:
        one = self.tr("{name} is no longer attached.").format(name=paths[0].name)
        several = self.tr("{count} files are no longer attached.").format(count=len(paths))
        self.toast.say(
            one if len(paths) == 1 else several,
            self.tr("Undo"),
            lambda: self.composer.attach(paths, place),
        )

    def _on_revision_left(self, run_id: str, written: DraftView) -> None:
        self.toast.say(
            self.tr("The earlier request is no longer being edited."),
            self.tr("Undo"),
            lambda: self._revise(run_id, written.text, written.paths),
        )

    # ------------------------------------------------------------ sending

    def set_preferences(self, preferences: Preferences) -> None:
        """What the user has set, as far as it concerns requests."""
        self._preferences = preferences

    def _on_send(self, text: str, paths: Sequence[Path]) -> None:
        if self._workbench.is_open:
            options = RunOptions(beside=self.composer.beside)
            self.composer.clear()
            self.keep_draft()
            self.send(text, paths, options)

    def send(self, text: str, paths: Sequence[Path], options: RunOptions = PLAIN) -> None:
        """Send a request in the conversation that is shown, now or when the one under way has ended.

        What is written in the composer stays there.
        """
        if not self._workbench.is_open:
            return
        page = self.page
        request = Waiting(text, tuple(paths), page, page.conversation_id, options)
        if self.is_busy:
            self.queue.add(request)
        else:
            self._start(request)

    @property
    def is_busy(self) -> bool:
        """Whether a request runs, or a plan waits for the user's word."""
        return self._workbench.running or self._editor is not None

    def enqueue(self, requests: Sequence[Waiting]) -> None:
        """Run these one after another, after those that wait already."""
        for request in requests:
            self.queue.add(request)
        self._go_on()

    def run_batch(self, requests: Sequence[Waiting]) -> None:
        """Run these one after another in a conversation of their own."""
        if not self.page.is_empty:
            self.new_conversation()
        page = self.page
        self.enqueue([replace(request, place=page) for request in requests])

    def _go_on(self) -> None:
        if not self.is_busy and (request := self.queue.next()) is not None:
            self._start(request)

    def _start(self, request: Waiting) -> None:
        page = request.place
        if not isinstance(page, ConversationPage) or not shiboken6.isValid(page) or page.leaving:
            if request.conversation_id is not None and self.page.conversation_id != request.conversation_id:
                self._start_elsewhere(request, request.conversation_id)
                return
            page = self.page
            if request.conversation_id is None and not page.is_empty:
                page = self._make_page(None)
                self.pages.addWidget(page)
                if self._live is None:
                    self._show_page(page)
        self._start_in(page, request)

    def _start_elsewhere(self, request: Waiting, conversation_id: str) -> None:
        """In a conversation that is not shown: it is read first, and runs out of sight."""

        def start(exchanges: tuple[ExchangeView, ...]) -> None:
            page = self._make_page(conversation_id)
            page.show_exchanges(exchanges)
            self.pages.addWidget(page)
            self._start_in(page, request)

        self._workbench.ask("history", self, lambda engine: engine.conversation(conversation_id), start)

    def _start_in(self, page: ConversationPage, request: Waiting) -> None:
        self._live, self._current = page, request
        self._ended = self._problem = None
        page.begin(request.text, request.paths, request.options.beside)
        self._drafts.write()
        if self._preferences.approve_plans != "never" and request.options.plan is None:
            self._asked = request
            self._workbench.propose(request.text, request.paths, page.conversation_id, request.options)
        else:
            self._workbench.submit(request.text, request.paths, page.conversation_id, request.options)

    def _send_sample(self, text: str, paths: Sequence[Path]) -> None:
        if self._workbench.is_open:
            self.send(text, paths)
            self.composer.text.setFocus()
        else:
            self.composer.set_draft(text, paths)

    def _send_again(self, run_id: str, text: str, paths: Sequence[Path]) -> None:
        self.send(text, paths, RunOptions(beside=run_id))

    def run_again(self, run_id: str, task_id: int, models: dict[int, str]) -> None:
        """Run a task of a kept run, and all that depends on it, once more."""
        page = self.page
        if self.is_busy or page.conversation_id is None:
            self.toast.say(self.tr("Another request is under way; try again when it has ended."))
            return
        request = next((one for one in page.requests if one.run_id == run_id), None)
        if request is None:
            return
        options = RunOptions(beside=run_id, models=models)
        self._live = page
        self._current = Waiting(request.text, request.paths, page, page.conversation_id, options)
        self._ended = self._problem = None
        page.begin(request.text, request.paths, run_id)
        self._workbench.run_again(page.conversation_id, run_id, task_id, models)

    def _take_back(self, request: Waiting) -> None:
        self._edit(request.text, request.paths)

    def _on_dropped(self, requests: list[Waiting]) -> None:
        for request in requests:
            if request.batch:  # somebody counts them
                self.run_ended.emit(RunEnding(request))
        if not any(request.batch for request in requests):
            self.toast.say(
                self.tr("{count} waiting requests will not be sent.").format(count=len(requests))
                if len(requests) > 1
                else self.tr("The waiting request will not be sent."),
                self.tr("Undo"),
                lambda: self._put_back(requests),
            )

    def _put_back(self, requests: Sequence[Waiting]) -> None:
        self.queue.put_back(requests)
        self._go_on()

    def stop_batch(self, batch: str) -> None:
        """Stop the request of the batch that is under way, and send no more of it."""
        self.queue.drop([one for one in self.queue.waiting if one.batch == batch])
        if self._current is not None and self._current.batch == batch:
            self.stop()

    def stop(self) -> None:
        """Stop the request that is under way, or dismiss the plan that waits."""
        if self._editor is not None:
            self._editor.dismiss()
        elif self._workbench.running:
            self.activity_changed.emit(self.tr("Stopping…"))
            self._workbench.stop()

    # ------------------------------------------------------------ plans to approve

    def _on_proposed(self, proposal: Proposal) -> None:
        asked, page = self._asked, self._live
        if asked is None or page is None or page.live is None:
            return
        cost = estimate(proposal.plan, proposal.kit, {})
        if self._preferences.approve_plans == "costly" and not cost.costly:
            return  # `_on_run_ended` sends it
        self._editor = PlanEditor(proposal)
        self._editor.approved.connect(self._on_approved)
        self._editor.dismissed.connect(self._on_dismissed)
        self._editor.fit_wanted.connect(self._on_fit_wanted)
        self._editor.ask_for_fit()
        page.live.ask_about_plan(self._editor)
        self.activity_changed.emit(self.tr("The plan waits for your word"))

    def _on_fit_wanted(self, model_ids: tuple[str, ...]) -> None:
        if (editor := self._editor) is not None:
            self._workbench.ask("engine", editor, lambda engine: engine.plan_fit(model_ids), editor.show_fit)

    def _on_approved(self, plan: object, models: object) -> None:
        asked, page, editor = self._asked, self._live, self._editor
        self._editor = self._asked = None
        if editor is None or asked is None or page is None or page.live is None:
            return
        page.live.take_plan_question_away()
        beside = asked.options.beside
        options = RunOptions(beside=beside, plan=plan, models=models)  # type: ignore[arg-type]
        self._workbench.submit(asked.text, asked.paths, page.conversation_id, options)

    def _on_dismissed(self) -> None:
        self._editor = self._asked = None
        if self._live is not None and self._live.live is not None:
            self._live.live.take_plan_question_away()
        self._finish()

    # ------------------------------------------------------------ what happens

    def _on_run_started(self) -> None:
        self.composer.set_running(True)

    def _on_event(self, event: Event) -> None:
        if self._live is None:
            return
        is_new = self._live.conversation_id is None
        self._live.handle(event)
        if isinstance(event, RequestStarted) and self._live is self.page:
            if is_new:
                self._drafts.follow()
            self.current_changed.emit()
        if isinstance(event, RequestStarted):
            self._drafts.write()  # it is in the history now
        if isinstance(event, RequestFinished):
            self._ended = event
        if (sentence := self._activity.sentence(event)) is not None:
            self.activity_changed.emit(sentence)

    def _on_request_failed(self, problem: ProblemView) -> None:
        self._asked = None
        self._problem = problem
        self.activity_changed.emit(self.tr("Not done"))
        if self._live is not None:
            self._live.fail(problem)
        else:
            self.problem_arrived.emit(problem)

    def _on_run_ended(self) -> None:
        if self._editor is not None:
            self.composer.set_running(True)
            return  # the plan waits
        if self._asked is not None and self._live is not None and self._proposed_runs():
            return
        self._finish()

    def _proposed_runs(self) -> bool:
        """Run what was proposed and need not be asked about; False where planning was stopped."""
        asked, self._asked = self._asked, None
        page = self._live
        if asked is None or page is None or page.live is None or not page.live.panel.plan_is_ready:
            return False
        plan = page.live.panel.plan
        options = RunOptions(beside=asked.options.beside, plan=plan)
        return self._workbench.submit(asked.text, asked.paths, page.conversation_id, options)

    def _finish(self) -> None:
        live, self._live = self._live, None
        request, self._current = self._current, None
        conversation_id = live.conversation_id if live is not None else None
        self.composer.set_running(False)
        if live is not None:
            self._give_back(live, request)
            live.end()
            done = self._ended is not None and self._ended.exit_code == ExitCode.DONE
            if done and conversation_id is not None and self._is_first(live):
                self._workbench.make_title(conversation_id)
            if live is not self.page:  # the user has gone elsewhere; it is kept in the history
                self._discard(live)
        self._drafts.write()
        self.run_ended.emit(RunEnding(request, conversation_id, self._ended, self._problem))
        self._go_on()

    def _give_back(self, live: ConversationPage, request: Waiting | None) -> None:
        """What could not begin is in no history, so that only the composer can keep it."""
        if self._problem is None or request is None or request.batch or request.options.plan is not None:
            return
        if live.answers and not live.answers[-1].run_id and request.options.beside is None:
            self._drafts.give_back(live.conversation_id, DraftView(request.text, request.paths))

    @staticmethod
    def _is_first(page: ConversationPage) -> bool:
        """Whether its last answer is the first one: requests before it were stopped or failed."""
        return not page.earlier and not any(one.answer.text.strip() for one in page.answers[:-1])

    # ------------------------------------------------------------ answers

    def _show_branch(self, run_id: str) -> None:
        conversation_id = self.page.conversation_id
        if self._live is self.page or conversation_id is None:
            self.toast.say(self.tr("Wait until the request has ended, or stop it."))
            return
        self._wanted, self._sought, self._branch = conversation_id, "", run_id
        self._workbench.ask(
            "history",
            self,
            lambda engine: engine.show_branch(run_id),
            lambda _: self._workbench.open_conversation(conversation_id),
        )

    def _rate(self, run_id: str, rating: int | None, note: str) -> None:
        def kept(_: object) -> None:
            if note:
                self.toast.say(self.tr("Your note is kept on this computer."))

        self._workbench.ask("history", self, lambda engine: engine.rate(run_id, rating, note), kept)

    def _save_workflow(self, run_id: str) -> None:
        answer = next((one for one in self.page.answers if one.run_id == run_id), None)
        conversation_id = self.page.conversation_id
        if answer is None or conversation_id is None:
            return
        name = WorkflowName.ask(self, plan_name([row.task for row in answer.panel.rows]))
        if name is None:
            return

        def saved(workflow: WorkflowView) -> None:
            self.toast.say(
                self.tr("“{name}” is kept under Workflows.").format(name=workflow.name),
                self.tr("Show it"),
                self.workflows_wanted.emit,
            )
            self.workflows_changed.emit()

        self._workbench.ask(
            "history", self, lambda engine: engine.save_workflow(name, conversation_id, run_id), saved
        )
