package io.dso.agent;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.config.ConfigFile;
import io.dso.agent.config.Loaded;
import io.dso.agent.config.Settings;
import io.dso.agent.problem.Problem;
import io.dso.agent.record.Events;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** The configuration in force. What is under way finishes on the one it began with. */
final class InForce {
    private static final Logger LOG = Logger.getLogger(InForce.class);

    private final Path file;
    private final Home home;
    private final Events events;
    private volatile Settings settings;

    InForce(Path file, Home home, Settings first, Events events) {
        this.file = file;
        this.home = home;
        this.settings = first;
        this.events = events;
    }

    Settings settings() {
        return settings;
    }

    Map<String, Bundle> bundles() {
        return settings.bundles();
    }

    /**
     * Reads the file again. A bad one changes nothing.
     *
     * @param apply what to do with a good one
     * @return the mistakes of a bad one
     */
    synchronized List<Problem> reload(Consumer<Settings> apply) {
        return switch (ConfigFile.read(file, home::provider)) {
            case Loaded.Good(var fresh) -> {
                settings = fresh;
                apply.accept(fresh);
                events.tell("config-reloaded", "file", file.toString());
                yield List.of();
            }
            case Loaded.Bad(var problems) -> {
                problems.forEach(problem -> LOG.errorf("%s", problem.line()));
                events.tell(
                        "config-refused",
                        "file",
                        file.toString(),
                        "why",
                        problems.size() + " mistakes, the old one stays in force");
                yield problems;
            }
        };
    }
}
