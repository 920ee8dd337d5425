package io.dso.agent.engine;

import io.dso.agent.bundle.Workload;
import io.dso.agent.time.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The Docker engine as the agent needs it. Thread-safe. Every call throws {@link EngineException} when the engine can't
 * be reached, doesn't answer in time, or refuses.
 */
public interface Engine extends AutoCloseable {

    /** All containers, running or not, by the list call: it answers also while a container is starting (docs/engine.md F13). */
    List<Workload> containers(Deadline deadline);

    /** The containers that use a volume, running or not, by the list call. */
    List<Workload> containersUsing(String volume, Deadline deadline);

    /** One container's state. Waits while that container is starting (docs/engine.md F13): not for use while a mount is served. */
    Inspection inspect(String container, Deadline deadline);

    /**
     * Whether somebody had the engine stop, kill, restart or remove a container: then its end says nothing about what is
     * in its files.
     *
     * @param since inclusive
     */
    boolean stopAsked(String container, Instant since, Deadline deadline);

    /** The labels an image carries. */
    Map<String, String> imageLabels(String imageId, Deadline deadline);

    /** Sends a signal to a container's first process. */
    void signal(String container, String signal, Deadline deadline);

    /**
     * Starts a command in a running container, and doesn't wait for it. What it prints goes nowhere: it may print what it
     * read.
     *
     * @param command program and arguments
     * @return names the command to {@link #exitCode}
     * @throws EngineException (REFUSED) also if the container doesn't run
     */
    String exec(String container, List<String> command, Deadline deadline);

    /**
     * What a command that {@link #exec} started ended with; empty while it runs. A program that isn't there ends with 126 or
     * 127.
     */
    OptionalLong exitCode(String exec, Deadline deadline);

    /** Stops a container in its own way and time, and starts it again. */
    void restart(String container, Deadline deadline);

    /** Starts a container that isn't running. */
    void start(String container, Deadline deadline);

    /** A container, whole. Waits like {@link #inspect}. */
    Blueprint describe(String container, Deadline deadline);

    /**
     * Makes a container that is set up like another, and doesn't start it. It has the other's volumes, also those without a
     * name, and its first network without aliases.
     *
     * @param labels in addition, or instead
     * @return its ID
     * @throws EngineException (REFUSED) also if the name is taken
     */
    String create(String name, Blueprint model, Map<String, String> labels, Deadline deadline);

    /** Has a container join a network. Refused if it is there already. */
    void connect(String container, Blueprint.Attachment attachment, Deadline deadline);

    /** Takes a container out of a network. Refused if it isn't there. */
    void disconnect(String container, String network, Deadline deadline);

    /** Gives a container another name. Refused if it is taken. */
    void rename(String container, String name, Deadline deadline);

    /** Stops a container in its own way and time; nothing happens if it doesn't run. Its restart policy doesn't start it again. */
    void stop(String container, Deadline deadline);

    /** Removes a container, but no volume. Refused while it runs. */
    void remove(String container, Deadline deadline);

    /** Removes a container whatever it is doing, but no volume. */
    void discard(String container, Deadline deadline);

    /**
     * Events of containers from a moment on, until the stream breaks or {@link Subscription#close()}.
     *
     * @param since inclusive; the engine sends what it remembers since then first
     * @param onEvent called from the stream's thread
     * @param onEnd called once when the stream ended, for whatever reason
     */
    Subscription events(Instant since, Consumer<EngineEvent> onEvent, Runnable onEnd);

    /** A running stream. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    void close();
}
