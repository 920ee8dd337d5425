package io.dso.agent.provider;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.bundle.ProviderSpec.Launch;
import io.dso.agent.provider.ProviderState.Phase;
import io.dso.agent.provider.Reply.Failure;
import io.dso.agent.provider.Session.Loss;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jboss.logging.Logger;

/**
 * One provider, kept alive.
 *
 * <ol>
 *   <li>A thread of its own leads it from life to life: launch, first answer, loss, pause, launch again. Pauses grow
 *       until a life proves itself by a call that needs the store.
 *   <li>While it starts, calls wait for it within their deadline. Once a start failed, or the circuit opened, they are
 *       refused at once, until it answers again.
 *   <li>A call that loses its connection is made once more, in the next life, if its deadline allows: all calls read.
 *   <li>No more than so many calls at a time: a slow provider holds that many threads of ours and no more.
 * </ol>
 */
final class SupervisedProvider implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SupervisedProvider.class);
    /** Looking whether somebody listens costs nothing, unlike starting a process. */
    private static final Duration LAST_RECONNECT = Duration.ofSeconds(2);

    private static final String STOPPED = "it was stopped";

    private final Launcher launcher;
    private final InstantSource clock;
    private final ProviderListener listener;
    private final Patience patience;
    private final Semaphore slots;
    private final Watches watches;
    private final Thread lane;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile ProviderSpec spec;
    private volatile Status status;

    /** What it is doing. */
    private sealed interface Status {
        Instant since();

        record Starting(String why, Instant since) implements Status {}

        record Ready(Session session, Instant since) implements Status {}

        record Failed(String why, Instant since) implements Status {}

        /** For good. */
        record Stopped(Instant since) implements Status {}
    }

    SupervisedProvider(
            ProviderSpec spec, Launcher launcher, InstantSource clock, ProviderListener listener, Patience patience) {
        this.spec = spec;
        this.launcher = launcher;
        this.clock = clock;
        this.listener = listener;
        this.patience = patience;
        this.slots = new Semaphore(patience.calls());
        this.watches = new Watches(spec.name(), listener::mayHaveChanged);
        this.status = new Status.Starting("", clock.instant());
        this.lane = Thread.ofVirtual().name("provider-" + spec.name()).unstarted(this::lead);
    }

    void start() {
        lane.start();
    }

    ProviderSpec spec() {
        return spec;
    }

    /** Takes over what needs no new process: poll and deadline. */
    void update(ProviderSpec changed) {
        spec = changed;
    }

    void watch(Set<SecretRef> refs) {
        watches.want(refs);
    }

    ProviderState state() {
        return switch (status) {
            case Status.Starting(var why, var since) -> state(Phase.STARTING, why, since);
            case Status.Ready(var session, var since) -> state(Phase.READY, "", since);
            case Status.Failed(var why, var since) -> state(Phase.FAILED, why, since);
            case Status.Stopped(var since) -> state(Phase.FAILED, STOPPED, since);
        };
    }

    private ProviderState state(Phase phase, String why, Instant since) {
        return new ProviderState(spec.name(), spec.kind(), phase, why, since);
    }

    // ------------------------------------------------------------------------------------------------ 1: lives

    private void lead() {
        var last = spec.launch() instanceof Launch.Socket ? LAST_RECONNECT : patience.lastRetry();
        var backoff = Backoff.from(patience.firstRetry(), last);
        try {
            while (true) {
                backoff = live() ? backoff.succeeded().failed() : backoff.failed();
                Thread.sleep(backoff.pause(ThreadLocalRandom.current().nextDouble()));
            }
        } catch (InterruptedException e) {
            LOG.debugf("stopped provider=%s", spec.name());
        }
    }

    /** One life, to its end. True when it proved itself. */
    private boolean live() throws InterruptedException {
        try (var life = launcher.launch(spec)) {
            var session = life.session();
            become(new Status.Ready(session, clock.instant()));
            watches.attach(session);
            StoreCheck.begin(session, spec);
            Loss loss;
            try {
                loss = life.explained(awaitLoss(session));
            } finally {
                watches.detach();
            }
            become(
                    switch (loss) {
                        case Loss.Ended(var why) when session.isProved() -> new Status.Starting(why, clock.instant());
                        case Loss.Ended(var why) -> new Status.Failed(why, clock.instant());
                        case Loss.GivenUp(var why) -> new Status.Failed(why, clock.instant());
                    });
            return session.isProved() && loss instanceof Loss.Ended;
        } catch (NotReadyException e) {
            LOG.debugf(e, "not ready provider=%s", spec.name());
            become(new Status.Failed(e.why(), clock.instant()));
            return false;
        }
    }

    private Loss awaitLoss(Session session) throws InterruptedException {
        while (true) {
            try {
                return session.loss().get(patience.pulse().toNanos(), NANOSECONDS);
            } catch (TimeoutException e) {
                session.pulse();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a loss is never exceptional", e);
            }
        }
    }

    private void become(Status next) {
        var before = state();
        lock.lock();
        try {
            status = switch (status) {
                case Status.Stopped stopped -> stopped;
                case Status.Failed(var old, var since)
                when next instanceof Status.Failed(var why, var now) ->
                    new Status.Failed(why, since); // it failed all the time
                case Status.Starting other -> next;
                case Status.Ready other -> next;
                case Status.Failed other -> next;
            };
            moved.signalAll();
        } finally {
            lock.unlock();
        }
        var after = state();
        if (!after.equals(before) && !(status instanceof Status.Stopped)) {
            tell(after);
        }
    }

    private String user() {
        return spec.launch() instanceof Launch.Executable executable
                ? " user=" + Confinement.of(executable).user()
                : "";
    }

    private void tell(ProviderState state) {
        switch (state.phase()) {
            case READY -> LOG.infof("provider ready provider=%s kind=%s%s", state.name(), state.kind(), user());
            case STARTING -> LOG.warnf("provider restarts provider=%s why='%s'", state.name(), state.reason());
            case FAILED -> LOG.warnf("provider failed provider=%s why='%s'", state.name(), state.reason());
        }
        listener.stateChanged(state);
    }

    // ------------------------------------------------------------------------------------------------ 2, 3, 4: calls

    /**
     * Makes a call.
     *
     * @param call what to do with a live session in the time that is left
     */
    <T> Reply<T> call(Deadline caller, BiFunction<Session, Duration, Reply<T>> call) {
        var deadline = caller.atMost(spec.deadline());
        try {
            if (!slots.tryAcquire(deadline.left().toNanos(), NANOSECONDS)) {
                return unavailable(patience.calls() + " calls are under way already, none ended in time");
            }
        } catch (InterruptedException e) {
            return gaveUp();
        }
        try {
            var first = callOnce(deadline, call);
            return first instanceof Reply.Failed<T>(Failure.Broken broken) && !deadline.passed()
                    ? callOnce(deadline, call)
                    : first;
        } finally {
            slots.release();
        }
    }

    private <T> Reply<T> callOnce(Deadline deadline, BiFunction<Session, Duration, Reply<T>> call) {
        return awaitSession(deadline).then(session -> call.apply(session, deadline.left()));
    }

    private Reply<Session> awaitSession(Deadline deadline) {
        lock.lock();
        try {
            while (true) {
                switch (status) {
                    case Status.Ready(var session, var since)
                    when !session.isLost() -> {
                        return deadline.passed() ? unavailable("no time is left to ask it") : Reply.given(session);
                    }
                    case Status.Failed(var why, var since) -> {
                        return unavailable(why + " (since " + since.truncatedTo(ChronoUnit.SECONDS) + ")");
                    }
                    case Status.Stopped stopped -> {
                        return unavailable(STOPPED);
                    }
                    case Status.Ready ready -> {} // lost just now: the lane is about to say how
                    case Status.Starting starting -> {}
                }
                if (moved.awaitNanos(deadline.left().toNanos()) <= 0) {
                    return unavailable("it is still starting");
                }
            }
        } catch (InterruptedException e) {
            return gaveUp();
        } finally {
            lock.unlock();
        }
    }

    private static <T> Reply<T> unavailable(String why) {
        return Reply.failed(new Failure.Declined(Refusal.Kind.UNAVAILABLE, why));
    }

    private static <T> Reply<T> gaveUp() {
        Thread.currentThread().interrupt();
        return unavailable("the agent gave up");
    }

    /**
     * Lets calls under way finish, for a moment; ends its process, if it is ours, and removes what it leaves. Idempotent.
     */
    @Override
    public void close() {
        become(new Status.Stopped(clock.instant())); // no new calls from here on
        try {
            if (!slots.tryAcquire(patience.calls(), patience.stop().toNanos(), NANOSECONDS)) {
                LOG.warnf("calls cut off provider=%s", spec.name());
            }
            lane.interrupt();
            lane.join(patience.stop().plusSeconds(2));
            if (spec.launch() instanceof Launch.Executable) {
                launcher.clean(spec.name());
            }
        } catch (InterruptedException e) {
            lane.interrupt();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warnf("files left behind provider=%s: %s", spec.name(), e.getMessage());
        }
    }
}
