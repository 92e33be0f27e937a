"""Builds the program out of its rooms: the only place that knows all of them below the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from hgpt_desktop.catalog.catalogue import CatalogueIndex
from hgpt_desktop.catalog.gguf import read_weights
from hgpt_desktop.catalog.records import missing_packages
from hgpt_desktop.catalog.store import ModelStore
from hgpt_desktop.catalog.vouching import VouchedBackend, Voucher
from hgpt_desktop.controller.planning import TypedPlanner
from hgpt_desktop.controller.response import AnswerWriter
from hgpt_desktop.controller.selection import ModelSelector
from hgpt_desktop.controller.text_tasks import TextTasks
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import EnvironmentFault, InvalidInput, ModelMissing
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.core.interfaces import ChatHost, Emit, ExpertBackend, TaskRunner
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Resource, unique_name
from hgpt_desktop.experts import registry
from hgpt_desktop.history.store import HistoryStore
from hgpt_desktop.hosts.clients import SIGHT_MODULE, ExpertClient, LlamaClient
from hgpt_desktop.runtime.attachments import read_attachments
from hgpt_desktop.runtime.budget import MemoryBack, RecentReadings, detect_budget_bytes, read_device
from hgpt_desktop.runtime.fitting import Fit, fit_model, fit_plan, least_running_bytes
from hgpt_desktop.runtime.learned_footprints import LearnedFootprints
from hgpt_desktop.runtime.measurements import Measurements
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.result_cache import ResultCache
from hgpt_desktop.runtime.runners import ThreadRunner
from hgpt_desktop.runtime.session import Session
from hgpt_desktop.settings import Folders, Settings, shipped

LLM_LOADER = "llama.cpp"
SIGHT_LOADER = "llama.cpp-vision"
STARTER_SET = "starter"
_BUDGET_STEP_BYTES = 32 * 2**20
"""The budget goes in steps, so that a schedule stays good while other programs come and go by a little."""


def can_load(card: ModelCard) -> bool:
    """Whether the libraries that the model and its loader need are installed."""
    if missing_packages(card):
        return False
    if card.loader in (LLM_LOADER, SIGHT_LOADER):
        return find_spec("llama_cpp") is not None
    return registry.family_of(card.loader) is not None and not registry.missing_packages(card.loader)


def accelerator() -> str | None:
    """`cuda:0` where the driver reports a GPU and the installed torch can use it, else None."""
    import pynvml

    try:
        built_for_cpu = metadata.version("torch").endswith("+cpu")
    except metadata.PackageNotFoundError:
        built_for_cpu = True
    if built_for_cpu:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:  # no driver, no GPU: the CPU it is
        return None
    try:
        return "cuda:0" if pynvml.nvmlDeviceGetCount() > 0 else None
    finally:
        pynvml.nvmlShutdown()


class Application:
    """The engine behind the window and the command line.

    Threads: `request`, `run` and `plan` may be called from any thread; `close` once, at the end.
    """

    def __init__(
        self,
        folders: Folders,
        settings: Settings,
        catalogue: CatalogueIndex,
        store: ModelStore,
        history: HistoryStore,
        chat: ChatHost,
        experts: ExpertBackend,
        sight: ExpertBackend,
        runner: TaskRunner,
        device: str,
        footprints: LearnedFootprints,
        measurements: Measurements,
    ) -> None:
        self.folders = folders
        self.settings = settings
        self.catalogue = catalogue
        self.store = store
        self.history = history
        self.chat = chat
        if isinstance(chat, LlamaClient):
            chat.on_prefix = footprints.learn_prefix
        self.device = device
        self._experts = experts
        self._own_runner = runner if isinstance(runner, ThreadRunner) else None
        prompts = shipped("prompts")
        self.vocabulary = load_vocabulary()
        voucher = Voucher(folders.checked_files)
        self._vouched_experts = VouchedBackend(experts, voucher)
        self._sight = VouchedBackend(sight, voucher)
        text_tasks = TextTasks(chat, prompts)
        self._text_tasks = VouchedBackend(text_tasks, voucher)
        self.footprints = footprints
        self._measurements = measurements
        self._readings = RecentReadings(read_device)
        self.memory = MemoryManager(
            self.backend_for,
            self.budget_bytes,
            self.device_for,
            footprints,
            MemoryBack(),
            settings.load_timeout_s,
            settings.keep_alive_s,
        )
        self.session = Session(
            planner=TypedPlanner(chat, self.vocabulary, prompts),
            selector=ModelSelector(chat, prompts, settings.top_k),
            responder=AnswerWriter(chat, prompts),
            vocabulary=self.vocabulary,
            catalogue=catalogue,
            memory=self.memory,
            backend_for=self.backend_for,
            llm_card=self.llm_card,
            runner=runner,
            recorder=history,
            runs_folder=folders.runs,
            timeout_s=settings.task_timeout_s,
            rungs=measurements,
            cache=(
                ResultCache(folders.results, settings.result_cache_bytes)
                if settings.result_cache_bytes > 0
                else None
            ),
            batches=experts if isinstance(experts, ExpertClient) else None,
            telling=text_tasks,
        )

    @classmethod
    def open(
        cls,
        folders: Folders,
        settings: Settings,
        runner: TaskRunner | None = None,
        make_chat: Callable[[Path, Path, int], ChatHost] = LlamaClient,
    ) -> Application:
        """The engine on the user's folders; no model is loaded and no host started yet.

        Args:
            runner: where tasks run; plain threads where None.
            make_chat: makes the controller host from the folder for prompt states, the path of its log and
                the context's size in tokens.

        Raises:
            CatalogUnavailable, DatabaseTooNew, EnvironmentFault: a file the engine stands on cannot be read.
        """

        folders = folders.with_models(settings.models_folder)
        device = (accelerator() or "cpu") if settings.device == "auto" else settings.device

        measurements = Measurements(folders.measurements_db)
        footprints = LearnedFootprints(measurements, read_weights, settings.context_tokens)

        def capacity_bytes() -> int:
            return settings.memory_budget_bytes or detect_budget_bytes(device, settings.memory_reserve_bytes)

        def needed_bytes(card: ModelCard) -> int:
            return least_running_bytes(card, str(card.options.get("device", device)), footprints)

        catalogue = CatalogueIndex(
            shipped("models.yaml"),
            folders.catalogue_db,
            folders.models,
            can_load,
            capacity_bytes,
            needed_bytes,
            folders.own_catalogue,
            has_gpu=device != "cpu",
        )
        return cls(
            folders,
            settings,
            catalogue,
            ModelStore(catalogue, folders.models, folders.cache / "downloads", network=settings.network),
            HistoryStore(folders.history_db, folders.runs),
            make_chat(folders.prompt_states, folders.logs / "controller_host.log", settings.context_tokens),
            ExpertClient(folders.logs / "expert_host.log"),
            ExpertClient(folders.logs / "sight_host.log", module=SIGHT_MODULE),
            runner or ThreadRunner(),
            device,
            footprints,
            measurements,
        )

    def __enter__(self) -> Application:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def capacity_bytes(self) -> int:
        """What models may take together on the device in use."""
        return self.budget_bytes(self.device)

    def budget_bytes(self, device: str) -> int:
        """What models may take together on a device; the setting is for the device in use."""
        if self.settings.memory_budget_bytes and device == self.device:
            return self.settings.memory_budget_bytes
        budget_bytes = self._readings(device).budget_bytes(
            self.settings.memory_reserve_bytes, self.memory.taken_bytes(device) + self._spare_bytes(device)
        )
        return budget_bytes - budget_bytes % _BUDGET_STEP_BYTES

    def _spare_bytes(self, device: str) -> int:
        """What the experts' allocator keeps on a GPU for later."""
        if device == "cpu" or not isinstance(self._experts, ExpertClient):
            return 0
        held = self._experts.memory(device)
        return held.reserved_bytes - held.allocated_bytes

    def needed_bytes(self, card: ModelCard) -> int:
        """What a model takes while it runs, loaded in the most frugal way."""
        return least_running_bytes(card, self.device_for(card), self.footprints)

    def fit(self, card: ModelCard) -> Fit:
        """Whether a model fits the device that it would run on, why not, and what would make it fit."""
        device = self.device_for(card)
        return fit_model(card, device, self.footprints, self.budget_bytes(device))

    def fit_plan(self, cards: Iterable[ModelCard]) -> Fit:
        """Whether a plan of tasks with these models fits the device in use."""
        return fit_plan(cards, self.device, self.footprints, self.capacity_bytes())

    def backend_for(self, card: ModelCard) -> ExpertBackend:
        """Who loads and runs this model: the controller host, or one of those of experts."""
        if card.loader == SIGHT_LOADER:
            return self._sight
        return self._text_tasks if card.loader == LLM_LOADER else self._vouched_experts

    def device_for(self, card: ModelCard) -> str:
        """Where this model runs."""
        return str(card.options.get("device", self.device))

    def llm_card(self) -> ModelCard:
        """The controller LLM: the one of the settings, or else the best installed one.

        Raises:
            ModelMissing: none is installed.
        """
        if self.settings.llm is not None:
            card = self.catalogue.card(self.settings.llm)
            if not card.options.get("controller"):
                raise InvalidInput(
                    f"{card.id} is not a language model that can plan.",
                    "`hgpt models list --task conversational` shows those that can.",
                )
            if not card.installed:
                raise ModelMissing(
                    f"The language model {card.id} is not installed.",
                    f"Install it with `hgpt models install {card.id}`, "
                    "or choose another one with the setting `llm`.",
                )
            return card
        for card in self.catalogue.candidates("conversational"):
            if card.options.get("controller"):
                return card
        raise ModelMissing(
            "No language model is installed, so nothing can be planned.",
            "Install the starter pack with `hgpt models install starter`.",
        )

    def starter_missing(self) -> tuple[ModelCard, ...]:
        """Models of the starter pack that are not installed."""
        return tuple(card for card in self.catalogue.in_set(STARTER_SET) if not card.installed)

    def request(
        self,
        text: str,
        paths: Sequence[Path],
        *,
        conversation_id: str | None = None,
        plan: object | None = None,
        seed: int | None = None,
        out_dir: Path | None = None,
    ) -> Request:
        """A request with its files checked, and with what came before it in the conversation.

        Args:
            plan: a plan in the wire form to run instead of making one.

        Raises:
            InvalidInput: a file cannot be used, the conversation does not exist, the plan is not a plan.
        """
        files = read_attachments(paths)
        earlier = self.history.resources(conversation_id) if conversation_id else ()
        request = Request(
            text=text,
            files=files,
            earlier=_renamed(earlier, {file.name for file in files}),
            turns=self.history.turns(conversation_id) if conversation_id else (),
            seed=seed,
            out_dir=out_dir,
            conversation_id=conversation_id,
        )
        return request if plan is None else replace(request, plan=Plan.from_wire(plan, request.resources))

    def run(self, request: Request, emit: Emit, cancel: CancelToken) -> RequestFinished:
        """The four stages on one request; a conversation is begun where it belongs to none."""
        if request.conversation_id is None and request.text.strip():
            with suppress(EnvironmentFault):  # the session meets the same fault, and tells it after the run
                request = replace(request, conversation_id=self.history.new_conversation(request.text))
        return self.session.run(request, emit, cancel)

    def warm_up(self, cancel: CancelToken) -> None:
        """Bring the LLM into memory ahead of the first request."""
        with self.session.llm(lambda event: None, cancel):
            pass

    def close(self) -> None:
        """End the hosts and wait for the threads; safe to call twice."""
        self.chat.close()
        self._experts.close()
        self._sight.close()
        if self._own_runner is not None:
            self._own_runner.close()
        self.memory.close()
        self._measurements.close()
        self.history.close()


def _renamed(resources: Sequence[Resource], taken: set[str]) -> tuple[Resource, ...]:
    """The same resources under names that nothing of this request bears yet."""
    names = set(taken)
    renamed = []
    for resource in resources:
        name = unique_name(resource.name, names)
        names.add(name)
        renamed.append(resource if name == resource.name else replace(resource, name=name))
    return tuple(renamed)
