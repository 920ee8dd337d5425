package io.dso.agent;

import io.dso.agent.config.ConfigFile;
import io.dso.agent.config.Settings;
import io.dso.agent.control.ControlService;
import io.dso.agent.control.StatusPage;
import io.dso.agent.engine.DockerEngine;
import io.dso.agent.fetch.Fetcher;
import io.dso.agent.health.Check;
import io.dso.agent.health.Vitals;
import io.dso.agent.inject.Delivery;
import io.dso.agent.inject.VolumeRoot;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.provider.ProviderState;
import io.dso.agent.provider.SupervisedProviders;
import io.dso.agent.reconcile.Courses;
import io.dso.agent.reconcile.FirstDelivery;
import io.dso.agent.reconcile.FullPass;
import io.dso.agent.reconcile.ImageLabels;
import io.dso.agent.reconcile.Observer;
import io.dso.agent.reconcile.Orders;
import io.dso.agent.reconcile.Reconciler;
import io.dso.agent.reconcile.Wishing;
import io.dso.agent.record.Events;
import io.dso.agent.record.History;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Metrics;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Choices;
import io.dso.agent.rotate.RotationCodec;
import io.dso.agent.rotate.Rotator;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.socket.DsoSockets;
import io.dso.agent.time.Pause;
import io.dso.agent.volume.VolumePlugin;
import io.dso.agent.volume.VolumeTable;
import io.dso.agent.watch.EngineWatch;
import io.dso.agent.watch.EventQueue;
import io.dso.agent.watch.StoreWatch;
import io.dso.agent.watch.VersionBoard;
import io.dso.agent.watch.VersionBoard.Outage;
import io.dso.control.v1.ControlGrpc;
import io.quarkus.scheduler.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * The map of the agent: makes every object, in the order they need each other, and closes them in reverse. It needs
 * nothing of the framework, which starts beside it (see {@link Start}).
 */
final class Wiring implements Vitals, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Wiring.class);
    /** The most RAM all volumes may take together. */
    private static final long VOLUME_BYTES = 256L << 20;

    private final InstantSource clock = InstantSource.system();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private volatile Supplier<List<Check>> readiness = List::of;
    private volatile boolean started;
    private @Nullable Schedules schedules;

    /**
     * Starts the agent. Listens as early as it can, since an engine that boots waits for its volume drivers (docs/engine.md F15).
     *
     * @throws DsoException if it can't start as it is configured
     */
    void start(Options options) {
        var home = Home.of(System.getenv());
        var events = new Events(clock);
        var inForce = new InForce(options.config(), home, ConfigFile.load(options.config(), home::provider), events);
        try {
            start(options, inForce, events);
        } catch (IOException e) {
            throw new DsoException(
                    new Problem(
                            ProblemId.RUN_DIRECTORY,
                            "can't work in the run or state directory: " + e.getMessage(),
                            options.runDirectory() + ", " + options.stateDirectory(),
                            "let the agent's user write there"),
                    e);
        }
    }

    private void start(Options options, InForce inForce, Events events) throws IOException {
        var run = options.runDirectory();
        var metrics = new Metrics(io.micrometer.core.instrument.Metrics.globalRegistry);
        Files.createDirectories(run);
        var claims = closing(DsoSockets.claim(new DsoSockets.Places(options.driverSocket(), run.resolve("dso.sock"))));
        var hints = closing(new Hints());
        var providers = closing(new SupervisedProviders(run, clock, hints));
        // First of all, since their start takes longest; no earlier, since those of another agent are not ours to end.
        providers.apply(inForce.settings().providers());
        var root = VolumeRoot.prepare(run.resolve("volumes"), VOLUME_BYTES);
        var journal = Journal.open(run.resolve("journal"));
        var underWay = Section.open(run.resolve("journal/rotations"), new RotationCodec());
        var table = VolumeTable.open(options.stateDirectory().resolve("volume-table"));

        var engine = closing(new DockerEngine(options.dockerHost(), options.driver()));
        var fetcher = new Fetcher(providers, metrics);
        var board = new VersionBoard(clock);
        var delivery = new Delivery(fetcher, root);
        var rotator = new Rotator(
                inForce::bundles,
                engine,
                root::mountsOf,
                delivery,
                journal,
                underWay,
                new Choices(engine, events),
                clock,
                Pause.sleeping());
        var courses = new Courses(journal, events);
        var images = new ImageLabels(engine);
        var wishing = new Wishing(images, journal, clock);
        var reconciler = closing(new Reconciler(
                inForce::bundles, board, journal, underWay, rotator, delivery, root, courses, events, metrics));
        var stores = new StoreWatch(fetcher, board, metrics, clock, reconciler::changed);
        Runnable watchInUse = () -> watchInUse(inForce, reconciler, providers);
        var first = new FirstDelivery(
                inForce::bundles,
                engine,
                images,
                wishing,
                courses,
                stores,
                delivery,
                root,
                journal,
                underWay,
                watchInUse);
        var observer = new Observer(
                engine,
                root,
                journal,
                events,
                clock,
                options.driver(),
                reconciler::hint,
                container -> underWay.all().stream().anyMatch(rotation -> rotation.concerns(container)),
                wishing);
        events.listen(told -> {
            if (told.type().equals("mount-refused")) {
                observer.refused(told.attributes().getOrDefault("volume", ""));
            }
        });
        var fullPass = closing(new FullPass(observer, stores, reconciler, watchInUse));
        var jobs = closing(new Schedules(
                System::nanoTime,
                Pause.sleeping(),
                () -> ThreadLocalRandom.current().nextDouble(),
                provider -> stores.look(refsInUse(reconciler, provider)),
                fullPass::request));
        schedules = jobs;
        hints.tell(stores::look, state -> providerChanged(state, fullPass, events));
        Consumer<Settings> apply = settings -> {
            providers.apply(settings.providers());
            settings.providers().keySet().forEach(name -> metrics.provider(name, () -> ready(providers, name)));
            jobs.apply(settings);
            fullPass.request();
        };
        var plugin = new VolumePlugin(
                table, first, root, inForce::bundles, () -> inForce.settings().mountDeadline(), events, metrics, clock);
        var history = History.open(run.resolve("journal/history"));
        events.listen(history::note);
        var control = new ControlService(
                inForce::bundles,
                new Orders(journal, stores, reconciler, courses, clock),
                new StatusPage(providers, reconciler, courses, journal, board, history),
                history,
                events,
                () -> inForce.reload(apply),
                this,
                Version.text());
        var engineEvents = closing(new EventQueue(observer::seen, fullPass::request));
        var engineWatch =
                closing(new EngineWatch(engine, clock, Pause.sleeping(), fullPass::request, engineEvents::offer));
        var sockets = closing(DsoSockets.open(
                claims, (path, body, _) -> plugin.answer(path, body), List.of(ControlGrpc.bindService(control))));

        apply.accept(inForce.settings());
        reconciler.resume();
        engineWatch.start();
        Signal.handle(new Signal("HUP"), _ -> Thread.ofVirtual().start(() -> inForce.reload(apply)));
        readiness = () -> readiness(sockets, engineWatch, providers, name -> board.outage(refsInUse(reconciler, name)));
        started = true;
        LOG.infof(
                "started driver=%s bundles=%d",
                options.driver(), inForce.bundles().size());
    }

    /** Has the stores push what is mounted now, and no more. */
    private static void watchInUse(InForce inForce, Reconciler reconciler, SupervisedProviders providers) {
        var byProvider = reconciler.refsInUse().stream().collect(Collectors.groupingBy(SecretRef::provider));
        inForce.settings()
                .providers()
                .keySet()
                .forEach(name -> providers.watch(name, Set.copyOf(byProvider.getOrDefault(name, List.of()))));
    }

    private static Set<SecretRef> refsInUse(Reconciler reconciler, String provider) {
        return reconciler.refsInUse().stream()
                .filter(ref -> ref.provider().equals(provider))
                .collect(Collectors.toSet());
    }

    /** A provider that is back may have what refused starts and postponed rotations wait for. */
    private static void providerChanged(ProviderState now, FullPass fullPass, Events events) {
        switch (now.phase()) {
            case READY -> {
                events.tell("provider-ready", "provider", now.name());
                fullPass.request();
            }
            case FAILED -> events.tell("provider-failed", "provider", now.name(), "why", now.reason());
            case STARTING -> {}
        }
    }

    private static boolean ready(SupervisedProviders providers, String name) {
        return providers.states().stream()
                .anyMatch(state -> state.name().equals(name) && state.phase() == ProviderState.Phase.READY);
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.push(resource);
        return resource;
    }

    /** Has the full pass run by the framework's scheduler. */
    void runJobsBy(Scheduler scheduler) {
        Objects.requireNonNull(schedules, "not started").runBy(scheduler);
    }

    /** Stops in reverse order; one that fails doesn't keep the others from it. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.error("stopping failed", e);
            }
        }
    }

    private static List<Check> readiness(
            DsoSockets sockets,
            EngineWatch engine,
            SupervisedProviders providers,
            Function<String, Optional<Outage>> outage) {
        var checks = new ArrayList<Check>();
        boolean reachable = sockets.listening();
        checks.add(new Check("sockets", reachable, reachable ? "" : "a socket file is gone, restart the agent"));
        checks.add(new Check("engine", engine.up(), engine.up() ? "" : engine.reason()));
        for (var state : providers.states()) {
            checks.add(check(state, outage));
        }
        return checks;
    }

    /** Also down: one that runs, but whose store doesn't answer for what is mounted, since changes don't come through. */
    private static Check check(ProviderState state, Function<String, Optional<Outage>> outages) {
        var name = "provider " + state.name();
        if (state.phase() != ProviderState.Phase.READY) {
            var why = state.reason().isEmpty() ? "starting" : state.reason();
            return new Check(name, false, "%s, since %s".formatted(why, state.since()));
        }
        return outages.apply(state.name())
                .map(outage -> new Check(name, false, "%s, since %s".formatted(outage.why(), outage.since())))
                .orElseGet(() -> new Check(name, true, ""));
    }

    @Override
    public boolean started() {
        return started;
    }

    @Override
    public List<Check> readiness() {
        return readiness.get();
    }
}
