package io.dso.agent.engine;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import io.dso.agent.bundle.Workload;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A real engine, by docker-java. Speaks whatever API version the engine answers with. */
public final class DockerEngine implements Engine {
    /** Longest stop timeout plus start that we wait for on one connection. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(5);

    private final Connections docker;
    /** With connections of its own: each start waits for our mount, which waits for a list call. */
    private final Connections orders;

    private final Connections stream;
    private final Copies copies;
    private final Readings readings;
    private final Calls calls = new Calls();

    /**
     * Connects at the first call, not here.
     *
     * @param host e.g. {@code unix:///var/run/docker.sock}
     * @param driver the name our volume driver has at the engine
     */
    public DockerEngine(String host, String driver) {
        this.docker = new Connections(host, LONGEST_CALL);
        this.orders = new Connections(host, LONGEST_CALL);
        this.stream = new Connections(host, Duration.ZERO);
        this.copies = new Copies(docker, orders, driver);
        this.readings = new Readings(driver);
    }

    @Override
    public List<Workload> containers(Deadline deadline) {
        return calls.call(
                deadline,
                () -> docker.client().listContainersCmd().withShowAll(true).exec().stream()
                        .map(readings::workload)
                        .toList());
    }

    @Override
    public List<Workload> containersUsing(String volume, Deadline deadline) {
        return calls.call(
                deadline,
                () ->
                        docker
                                .client()
                                .listContainersCmd()
                                .withShowAll(true)
                                .withVolumeFilter(List.of(volume))
                                .exec()
                                .stream()
                                .map(readings::workload)
                                // The filter also matches destinations of that name.
                                .filter(workload -> workload.volumes().contains(volume))
                                .toList());
    }

    @Override
    public Inspection inspect(String container, Deadline deadline) {
        return calls.call(
                deadline,
                () -> readings.inspection(
                        docker.client().inspectContainerCmd(container).exec()));
    }

    @Override
    public boolean stopAsked(String container, Instant since, Deadline deadline) {
        return calls.call(deadline, () -> {
            var asked = new AtomicBoolean();
            var past = new ResultCallback.Adapter<Event>() {
                @Override
                public void onNext(Event event) {
                    asked.set(true);
                }
            };
            docker.client()
                    .eventsCmd()
                    .withSince(seconds(since))
                    .withUntil(seconds(Instant.now()))
                    .withContainerFilter(container)
                    .withEventFilter("kill", "stop")
                    .exec(past)
                    .awaitCompletion();
            return asked.get();
        });
    }

    private static String seconds(Instant at) {
        return "%d.%09d".formatted(at.getEpochSecond(), at.getNano());
    }

    @Override
    public Map<String, String> imageLabels(String imageId, Deadline deadline) {
        return calls.call(deadline, () -> {
            var config = docker.client().inspectImageCmd(imageId).exec().getConfig();
            return config == null || config.getLabels() == null ? Map.of() : Map.copyOf(config.getLabels());
        });
    }

    @Override
    public void signal(String container, String signal, Deadline deadline) {
        calls.call(
                deadline,
                () -> docker.client()
                        .killContainerCmd(container)
                        .withSignal(signal)
                        .exec());
    }

    @Override
    public String exec(String container, List<String> command, Deadline deadline) {
        return calls.call(deadline, () -> {
            var exec = docker.client()
                    .execCreateCmd(container)
                    .withCmd(command.toArray(String[]::new))
                    .exec()
                    .getId();
            try {
                docker.client()
                        .execStartCmd(exec)
                        .withDetach(true)
                        .exec(new ResultCallback.Adapter<>())
                        .awaitCompletion();
            } catch (DockerException e) {
                if (!ended(exec)) { // that a program can't be started is said here by some engines, and kept by all
                    throw e;
                }
            }
            return exec;
        });
    }

    private boolean ended(String exec) {
        return docker.client().inspectExecCmd(exec).exec().getExitCodeLong() != null;
    }

    @Override
    public OptionalLong exitCode(String exec, Deadline deadline) {
        return calls.call(deadline, () -> {
            var seen = docker.client().inspectExecCmd(exec).exec();
            return Boolean.TRUE.equals(seen.isRunning()) || seen.getExitCodeLong() == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(seen.getExitCodeLong());
        });
    }

    @Override
    public void restart(String container, Deadline deadline) {
        calls.call(
                deadline, () -> orders.client().restartContainerCmd(container).exec());
    }

    @Override
    public void start(String container, Deadline deadline) {
        calls.call(deadline, () -> {
            try {
                return orders.client().startContainerCmd(container).exec();
            } catch (NotModifiedException e) {
                return null; // it runs, or the engine itself is about to start it again
            }
        });
    }

    @Override
    public Blueprint describe(String container, Deadline deadline) {
        return calls.call(deadline, () -> copies.describe(container));
    }

    @Override
    public String create(String name, Blueprint model, Map<String, String> labels, Deadline deadline) {
        return calls.call(deadline, () -> copies.create(name, model, labels));
    }

    @Override
    public void connect(String container, Blueprint.Attachment attachment, Deadline deadline) {
        calls.order(deadline, () -> copies.connect(container, attachment));
    }

    @Override
    public void disconnect(String container, String network, Deadline deadline) {
        calls.order(deadline, () -> copies.disconnect(container, network));
    }

    @Override
    public void rename(String container, String name, Deadline deadline) {
        calls.order(deadline, () -> copies.rename(container, name));
    }

    @Override
    public void stop(String container, Deadline deadline) {
        calls.order(deadline, () -> copies.stop(container));
    }

    @Override
    public void remove(String container, Deadline deadline) {
        calls.order(deadline, () -> copies.remove(container));
    }

    @Override
    public void discard(String container, Deadline deadline) {
        calls.order(deadline, () -> copies.discard(container));
    }

    @Override
    public Subscription events(Instant since, Consumer<EngineEvent> onEvent, Runnable onEnd) {
        var callback = new ResultCallback.Adapter<Event>() {
            @Override
            public void onNext(Event event) {
                var actor = event.getActor(); // the event's own id is gone from API 1.52 on
                if (actor != null
                        && actor.getId() != null
                        && event.getAction() != null
                        && event.getTimeNano() != null) {
                    onEvent.accept(new EngineEvent(
                            event.getAction(), actor.getId(), Instant.ofEpochSecond(0, event.getTimeNano())));
                }
            }

            @Override
            public void onError(Throwable thrown) {
                super.onError(thrown);
                onEnd.run();
            }

            @Override
            public void onComplete() {
                super.onComplete();
                onEnd.run();
            }
        };
        stream.client()
                .eventsCmd()
                .withSince(seconds(since))
                .withEventTypeFilter(EventType.CONTAINER)
                .withEventFilter("start", "die", "destroy")
                .exec(callback);
        return () -> {
            try {
                callback.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    @Override
    public void close() {
        calls.close();
        try {
            docker.close();
            orders.close();
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
