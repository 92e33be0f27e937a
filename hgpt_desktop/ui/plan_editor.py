"""A plan that waits for the user's word: it can be changed before it runs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from hgpt_desktop.bridge.plans import chosen, estimate, sources_for, with_task, without
from hgpt_desktop.bridge.sentences import said
from hgpt_desktop.bridge.views import PlanFit, Proposal
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef, Value, check_plan
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec
from hgpt_desktop.ui.basics import Choice, IconLabel, button, label, restyle, say_in
from hgpt_desktop.ui.formats import about_text, duration_text, size_text
from hgpt_desktop.ui.graph_items import NodeView
from hgpt_desktop.ui.plan_graph import PlanGraph
from hgpt_desktop.ui.progress import RowState
from hgpt_desktop.ui.setting_texts import in_words
from hgpt_desktop.ui.task_names import plain_argument, plain_name

_LIST_PX = 84


class PlanEditor(QFrame):
    """The plan as a graph; the chosen task's model and arguments below it; what it would take; Run or not."""

    approved = Signal(object, object)  # Plan, dict of task id to model id
    dismissed = Signal()
    fit_wanted = Signal(object)  # tuple of model ids; `show_fit` answers

    def __init__(self, proposal: Proposal) -> None:
        super().__init__()
        self.setObjectName("planPanel")
        self.setAccessibleName(self.tr("Plan to approve"))
        self._kit, self._files = proposal.kit, proposal.files
        self._plan = proposal.plan
        self._models: dict[int, str] = {}
        self.graph = PlanGraph()
        self.graph.task_chosen.connect(self._show_task)
        self._form_place = QVBoxLayout()
        self._form: QWidget | None = None
        self._cost = label("", "muted", 0.95)
        self._cost.setWordWrap(True)
        self._fit = label("", "muted", 0.95, wrap=True)
        self._fit.hide()
        self._fit_words = ""
        self._fault = label("", "danger", 0.95)
        self._fault.setWordWrap(True)
        self.run_button = button(self.tr("Run this plan"), "primary", "play")
        self.run_button.clicked.connect(self._approve)
        self.dismiss_button = button(self.tr("Do not run it"))
        self.dismiss_button.clicked.connect(self.dismiss)
        self.add_button = button(self.tr("Add a task"), "", "plus")
        self.add_menu = QMenu(self)
        self.add_menu.aboutToShow.connect(self._fill_menu)
        self.add_button.setMenu(self.add_menu)
        self._build()
        self._show()
        if self._plan.tasks:
            self._show_task(self._plan.tasks[0].id)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 14, 8)
        head.setSpacing(8)
        head.addWidget(IconLabel("plan", "accent"))
        head.addWidget(label(self.tr("Shall this plan run?"), bold=True), 1)
        head.addWidget(self.add_button)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.run_button)
        foot.addWidget(self.dismiss_button)
        foot.addStretch(1)
        below = QVBoxLayout()
        below.setContentsMargins(14, 6, 14, 14)
        below.setSpacing(8)
        below.addLayout(self._form_place)
        below.addWidget(self._fault)
        below.addWidget(self._cost)
        below.addWidget(self._fit)
        below.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.graph)
        column.addLayout(below)

    # ------------------------------------------------------------ what it holds

    @property
    def plan(self) -> Plan:
        """The plan as it would run."""
        return self._plan

    @property
    def models(self) -> dict[int, str]:
        """The models that the user chose, by task id."""
        return dict(self._models)

    @property
    def fault(self) -> str:
        """Why the plan cannot run; empty where it can."""
        return self._fault.text()

    @property
    def cost(self) -> str:
        """What it says the plan would take."""
        return self._cost.text()

    @property
    def fit(self) -> str:
        """What it says on whether the whole plan fits the memory."""
        return in_words(self._fit_words)

    # ------------------------------------------------------------ changing it

    def remove(self, task_id: int) -> None:
        """Take a task out, with all that have nothing to work on without it."""
        self._plan = without(self._plan, task_id, self._files, self._kit.vocabulary)
        self._take_form_away()
        self._show()

    def add(self, task_type: str) -> None:
        """Add a task at the end, connected to what fits its required arguments."""
        task_id = 1 + max((task.id for task in self._plan.tasks), default=0)
        args: dict[str, tuple[Value, ...]] = {}
        for spec in self._kit.vocabulary[task_type].inputs:
            if spec.required:
                found = sources_for(self._plan, task_id, spec.kinds, self._files, self._kit.vocabulary)
                fitting = spec.choices[:1] if spec.literal_only else found[-1:]
                args[spec.name] = fitting
        self._plan = with_task(self._plan, Task(task_id, task_type, args))
        self._show()
        self._show_task(task_id)

    def set_argument(self, task_id: int, name: str, values: tuple[Value, ...]) -> None:
        """Connect an argument to something else."""
        task = self._plan.task(task_id)
        args = {**task.args, name: values}
        if not values and not self._spec(task, name).required:
            del args[name]
        self._plan = with_task(self._plan, replace(task, args=args))
        self._show()

    def set_model(self, task_id: int, model_id: str) -> None:
        """Let another model do a task."""
        self._models[task_id] = model_id
        self._show()

    def dismiss(self) -> None:
        """Do not run it."""
        self.dismissed.emit()

    def _approve(self) -> None:
        self.approved.emit(self._plan, self.models)

    def _spec(self, task: Task, name: str) -> InputSpec:
        spec = self._kit.vocabulary[task.task].input(name)
        assert spec is not None
        return spec

    # ------------------------------------------------------------ showing it

    def _show(self) -> None:
        fault = "" if self._plan.tasks else self.tr("The plan has no tasks.")
        if self._plan.tasks:
            try:
                self._plan = check_plan(self._plan, self._kit.vocabulary, self._files)
            except InvalidInput as error:
                fault = said(str(error))
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))
        self.run_button.setEnabled(not fault)
        self.graph.show_tasks(self._plan.tasks)
        for task in self._plan.tasks:
            model = chosen(task, self._kit, self._models)
            seconds = model.seconds if model else None
            self.graph.show_view(
                task.id,
                NodeView(
                    RowState.WAITING,
                    model.name if model else self.tr("no model installed"),
                    duration_text(seconds) if seconds is not None else "",
                ),
            )
        self._show_cost()

    def _show_cost(self) -> None:
        cost = estimate(self._plan, self._kit, self._models)
        self._cost.setVisible(bool(self._plan.tasks))
        parts = [
            self.tr("About {time}, by what these models took before.").format(time=about_text(cost.seconds))
            if cost.seconds is not None
            else self.tr("How long it takes is not known yet: not all of it has run here before."),
        ]
        if cost.leaving:
            parts.append(self.tr("Will leave the memory: {models}.").format(models=", ".join(cost.leaving)))
        self._cost.setText(" ".join(parts))
        self.ask_for_fit()

    def ask_for_fit(self) -> None:
        """Ask whether the plan fits the memory as it stands now."""
        models = [chosen(task, self._kit, self._models) for task in self._plan.tasks]
        ids = tuple(dict.fromkeys(model.id for model in models if model is not None))
        self._fit.setVisible(bool(ids) and bool(self.fit))
        if ids:
            self.fit_wanted.emit(ids)

    def show_fit(self, fit: PlanFit) -> None:
        """Say whether the whole plan fits, why, and what would make it fit."""
        device = (
            self.tr("the CPU") if fit.device == "cpu" else self.tr("the GPU {name}").format(name=fit.device)
        )
        sizes = {
            "needed": size_text(fit.needed_bytes),
            "free": size_text(fit.available_bytes),
            "all": size_text(fit.together_bytes),
        }
        if fit.refused:
            words = self.tr(
                "This plan does not fit: {model} takes {needed}, and models may take {free} on {device}."
            )
            words += " " + (
                self.tr(
                    "Choose a smaller model, or set `memory_budget_bytes` to {needed} or more "
                    "in the settings."
                )
                if fit.device == "cpu"
                else self.tr(
                    "Choose a smaller model, or in the settings “CPU” as `device`, "
                    "or {needed} or more as `memory_budget_bytes`."
                )
            )
        elif fit.together_bytes <= fit.available_bytes:
            words = self.tr(
                "The plan fits: all its models together take {all}; models may take {free} on {device}."
            )
        else:
            words = self.tr(
                "The plan fits with its models loaded in turn: together they would take {all}, and models "
                "may take {free} on {device}; the largest takes {needed}. "
                "Where this machine has that much, {all} as `memory_budget_bytes` in the settings "
                "keeps all loaded."
            )
        self._fit_words = words.format(model=fit.refused, device=device, **sizes)
        say_in(self._fit, self._fit_words)
        self._fit.setProperty("role", "warning" if fit.refused else "muted")
        restyle(self._fit)
        self._fit.show()

    def _fill_menu(self) -> None:
        self.add_menu.clear()
        for task_type in self._kit.vocabulary:
            if self._kit.candidates.get(task_type.name):
                action = self.add_menu.addAction(plain_name(task_type.name))
                action.triggered.connect(lambda _checked=False, name=task_type.name: self.add(name))

    # ------------------------------------------------------------ one task

    def _take_form_away(self) -> None:
        if self._form is not None:
            self._form_place.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None

    def _show_task(self, task_id: int) -> None:
        self._take_form_away()
        self.graph.choose(task_id)
        task = self._plan.task(task_id)
        self._form = QFrame()
        self._form.setObjectName("card")
        form = QFormLayout(self._form)
        form.setContentsMargins(14, 12, 14, 12)
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        remove = button(self.tr("Remove this task"), "quiet", "delete")
        remove.clicked.connect(lambda: self.remove(task_id))
        title = QHBoxLayout()
        title.addWidget(label(plain_name(task.task), bold=True), 1)
        title.addWidget(remove)
        form.addRow(title)
        self._add_row(form, self.tr("Model"), self._model_choice(task))
        for spec in self._kit.vocabulary[task.task].inputs:
            self._add_row(form, self._argument_name(spec), self._argument_choice(task, spec))
        self._form_place.addWidget(self._form)

    def _model_choice(self, task: Task) -> QComboBox:
        box = Choice()
        box.setAccessibleName(self.tr("Model of this task"))
        for candidate in self._kit.candidates.get(task.task, ()):
            box.addItem(f"{candidate.name}, {size_text(candidate.memory_bytes)}", candidate.id)
        now = chosen(task, self._kit, self._models)
        box.setCurrentIndex(box.findData(now.id) if now else -1)
        box.activated.connect(lambda _index: self.set_model(task.id, str(box.currentData())))
        return box

    @staticmethod
    def _add_row(form: QFormLayout, name: str, control: QWidget) -> None:
        words = label(name, "muted")
        if not isinstance(control, QListWidget):
            words.setFixedHeight(control.sizeHint().height())  # in the middle of its field
        form.addRow(words, control)

    def _argument_name(self, spec: InputSpec) -> str:
        name = plain_argument(spec.name)
        return name if spec.required else self.tr("{name} (optional)").format(name=name)

    def _argument_choice(self, task: Task, spec: InputSpec) -> QWidget:
        sources = (
            ()
            if spec.literal_only
            else sources_for(self._plan, task.id, spec.kinds, self._files, self._kit.vocabulary)
        )
        values = task.args.get(spec.name, ())
        if spec.many or len(values) > 1:
            return self._several(task, spec, sources, values)
        box = Choice()
        box.setAccessibleName(plain_argument(spec.name))
        if not spec.required:
            box.addItem("", None)
        for source in sources:
            box.addItem(self._value_name(source), source)
        for choice in spec.choices:
            box.addItem(said(choice), choice)
        free = Kind.TEXT in spec.kinds and not spec.choices
        if free:
            box.setEditable(True)
            box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            edit = box.lineEdit()
            assert edit is not None
            edit.setAccessibleName(plain_argument(spec.name))
            edit.editingFinished.connect(lambda: self._take_text(task.id, spec, box))
        if values and isinstance(values[0], str) and free:
            box.setEditText(values[0])
        else:
            at = next((at for at in range(box.count()) if values and box.itemData(at) == values[0]), -1)
            box.setCurrentIndex(at)
        box.activated.connect(lambda index: self._take_item(task.id, spec, box, index))
        return box

    def _take_item(self, task_id: int, spec: InputSpec, box: QComboBox, index: int) -> None:
        value = box.itemData(index)
        self.set_argument(task_id, spec.name, () if value is None else (value,))

    def _take_text(self, task_id: int, spec: InputSpec, box: QComboBox) -> None:
        text = box.currentText()
        if box.findText(text) < 0:
            self.set_argument(task_id, spec.name, (text,) if text.strip() else ())

    def _several(
        self, task: Task, spec: InputSpec, sources: tuple[Value, ...], values: tuple[Value, ...]
    ) -> QListWidget:
        box = QListWidget()
        box.setAccessibleName(plain_argument(spec.name))
        box.setMaximumHeight(_LIST_PX)
        offered = dict.fromkeys((*values, *sources))
        for value in offered:
            item = QListWidgetItem(self._value_name(value))
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setCheckState(Qt.CheckState.Checked if value in values else Qt.CheckState.Unchecked)
            box.addItem(item)

        def take(_item: QListWidgetItem) -> None:
            items = (box.item(row) for row in range(box.count()))
            picked = tuple(
                one.data(Qt.ItemDataRole.UserRole)
                for one in items
                if one.checkState() is Qt.CheckState.Checked
            )
            self.set_argument(task.id, spec.name, picked)

        box.itemChanged.connect(take)
        return box

    def _value_name(self, value: Value) -> str:
        if isinstance(value, TaskRef):
            ids = [task.id for task in self._plan.tasks]
            number = ids.index(value.task_id) + 1 if value.task_id in ids else value.task_id
            source = next((one for one in self._plan.tasks if one.id == value.task_id), None)
            name = plain_name(source.task) if source else ""
            return self.tr("Result of {number}. {task}").format(number=number, task=name)
        return value.name if isinstance(value, FileRef) else value
