package io.dso.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.SSLConfig;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.dso.agent.bundle.Workload;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A real engine, by docker-java. Speaks whatever API version the engine answers with. */
public final class DockerEngine implements Engine {
    /** Longest stop timeout plus start that we wait for on one connection. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(5);

    private final Connections docker;
    /** With connections of its own: each start waits for our mount, which waits for a list call. */
    private final Connections orders;

    private final Connections stream;
    private final String driver;
    private final ExecutorService calls = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("engine-", 0).factory());

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
        this.driver = driver;
    }

    /** A client of its own pool of connections; made when it is needed, which takes longer than all else at start. */
    private static final class Connections {
        private final String host;
        private final Duration responseTimeout;
        private @Nullable DockerClient client;

        private Connections(String host, Duration responseTimeout) {
            this.host = host;
            this.responseTimeout = responseTimeout;
        }

        private synchronized DockerClient client() {
            if (client == null) {
                var config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(host)
                        .build();
                var http = new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .sslConfig(ssl(config))
                        .connectionTimeout(Duration.ofSeconds(5))
                        .responseTimeout(responseTimeout)
                        .maxConnections(64)
                        .build();
                client = DockerClientImpl.getInstance(config, http);
            }
            return client;
        }

        /** Without TLS none of the system's certificates is needed; reading them takes longer than all else at start. */
        private static SSLConfig ssl(DockerClientConfig config) {
            var tls = config.getSSLConfig();
            return tls != null || !config.getDockerHost().getScheme().equals("unix")
                    ? tls
                    : () -> {
                        var none = SSLContext.getInstance("TLS");
                        none.init(new KeyManager[0], new TrustManager[0], null);
                        return none;
                    };
        }

        private synchronized void close() throws IOException {
            if (client != null) {
                client.close();
            }
        }
    }

    @Override
    public List<Workload> containers(Deadline deadline) {
        return call(
                deadline,
                () -> docker.client().listContainersCmd().withShowAll(true).exec().stream()
                        .map(this::workload)
                        .toList());
    }

    @Override
    public List<Workload> containersUsing(String volume, Deadline deadline) {
        return call(
                deadline,
                () ->
                        docker
                                .client()
                                .listContainersCmd()
                                .withShowAll(true)
                                .withVolumeFilter(List.of(volume))
                                .exec()
                                .stream()
                                .map(this::workload)
                                // The filter also matches destinations of that name.
                                .filter(workload -> workload.volumes().contains(volume))
                                .toList());
    }

    private Workload workload(Container seen) {
        Set<String> volumes = seen.getMounts() == null
                ? Set.of()
                : seen.getMounts().stream()
                        .filter(mount -> driver.equals(mount.getDriver()) && mount.getName() != null)
                        .map(mount -> mount.getName())
                        .collect(Collectors.toSet());
        Map<String, String> labels = seen.getLabels() == null ? Map.of() : seen.getLabels();
        boolean running = "running".equals(seen.getState()) || "paused".equals(seen.getState());
        return new Workload(
                seen.getId(), name(seen.getNames()), seen.getImage(), seen.getImageId(), labels, running, volumes);
    }

    /** A container linked from others has several names; its own has one slash. */
    private static String name(String @Nullable [] names) {
        return names == null
                ? ""
                : Arrays.stream(names)
                        .filter(name -> name.lastIndexOf('/') == 0)
                        .findFirst()
                        .map(name -> name.substring(1))
                        .orElse("");
    }

    @Override
    public Inspection inspect(String container, Deadline deadline) {
        return call(
                deadline,
                () -> inspection(docker.client().inspectContainerCmd(container).exec()));
    }

    private static Inspection inspection(InspectContainerResponse seen) {
        var state = seen.getState();
        var health = state.getHealth() == null
                ? "none"
                : Objects.requireNonNullElse(state.getHealth().getStatus(), "none");
        var host = seen.getHostConfig();
        var policy = host == null || host.getRestartPolicy() == null
                ? ""
                : Objects.requireNonNullElse(host.getRestartPolicy().getName(), "");
        return new Inspection(
                seen.getId(),
                seen.getName().replaceFirst("^/", ""),
                // While it waits for its next try, the engine calls it running as well.
                Boolean.TRUE.equals(state.getRunning()) && !Boolean.TRUE.equals(state.getRestarting()),
                Objects.requireNonNullElse(state.getPidLong(), 0L),
                Objects.requireNonNullElse(state.getStartedAt(), ""),
                Objects.requireNonNullElse(state.getExitCodeLong(), 0L),
                Objects.requireNonNullElse(state.getError(), ""),
                switch (health) {
                    case "starting" -> Inspection.Health.STARTING;
                    case "healthy" -> Inspection.Health.HEALTHY;
                    case "unhealthy" -> Inspection.Health.UNHEALTHY;
                    default -> Inspection.Health.NONE;
                },
                !policy.isEmpty() && !"no".equals(policy));
    }

    @Override
    public boolean stopAsked(String container, Instant since, Deadline deadline) {
        return call(deadline, () -> {
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
        return call(deadline, () -> {
            var config = docker.client().inspectImageCmd(imageId).exec().getConfig();
            return config == null || config.getLabels() == null ? Map.of() : Map.copyOf(config.getLabels());
        });
    }

    @Override
    public void signal(String container, String signal, Deadline deadline) {
        call(
                deadline,
                () -> docker.client()
                        .killContainerCmd(container)
                        .withSignal(signal)
                        .exec());
    }

    @Override
    public String exec(String container, List<String> command, Deadline deadline) {
        return call(deadline, () -> {
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
        return call(deadline, () -> {
            var seen = docker.client().inspectExecCmd(exec).exec();
            return Boolean.TRUE.equals(seen.isRunning()) || seen.getExitCodeLong() == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(seen.getExitCodeLong());
        });
    }

    @Override
    public void restart(String container, Deadline deadline) {
        call(deadline, () -> orders.client().restartContainerCmd(container).exec());
    }

    @Override
    public void start(String container, Deadline deadline) {
        call(deadline, () -> {
            try {
                return orders.client().startContainerCmd(container).exec();
            } catch (NotModifiedException e) {
                return null; // it runs, or the engine itself is about to start it again
            }
        });
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

    /** Runs a blocking call, but no longer than the caller waits; a late answer is dropped. */
    private <T> T call(Deadline deadline, Callable<T> work) {
        var answer = calls.submit(work);
        try {
            return answer.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new EngineException(EngineException.Kind.UNAVAILABLE, "the Docker engine gave no answer in time", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new EngineException(EngineException.Kind.UNAVAILABLE, "interrupted", e);
        } catch (ExecutionException e) {
            throw explained(e.getCause() == null ? e : e.getCause());
        }
    }

    private static EngineException explained(Throwable cause) {
        return switch (cause) {
            case NotFoundException e -> new EngineException(EngineException.Kind.NOT_FOUND, text(e), e);
            case DockerException e -> new EngineException(EngineException.Kind.REFUSED, text(e), e);
            default ->
                new EngineException(
                        EngineException.Kind.UNAVAILABLE, "the Docker engine can't be reached: " + text(cause), cause);
        };
    }

    private static String text(Throwable thrown) {
        return Objects.requireNonNullElse(thrown.getMessage(), thrown.getClass().getSimpleName());
    }

    @Override
    public void close() {
        calls.shutdownNow();
        try {
            docker.close();
            orders.close();
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
