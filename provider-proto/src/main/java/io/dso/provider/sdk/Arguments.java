package io.dso.provider.sdk;

import io.dso.transport.Peer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of every provider.
 *
 * @param socket where to serve
 * @param config the provider's configuration, a JSON object
 * @param agentUid who may connect
 * @param life what the process's life hangs on, besides signals
 */
record Arguments(Path socket, Path config, int agentUid, Life life) {
    static final String USAGE = "usage: --socket PATH --config FILE [--agent-uid N] [--exit-with-stdin]";

    /** What the process's life hangs on. */
    enum Life {
        SIGNALS,
        /** Also ends when standard input does: then it can't outlive who started it, even if that was killed. */
        STANDARD_INPUT
    }

    /** @throws ConfigException if they are wrong */
    static Arguments parse(String... args) {
        @Nullable Path socket = null;
        @Nullable Path config = null;
        int uid = Peer.self().uid();
        var life = Life.SIGNALS;
        var rest = new ArrayDeque<>(List.of(args));
        while (!rest.isEmpty()) {
            var option = rest.removeFirst();
            switch (option) {
                case "--socket" -> socket = Path.of(value(option, rest)).toAbsolutePath();
                case "--config" -> config = Path.of(value(option, rest)).toAbsolutePath();
                case "--agent-uid" -> uid = uid(value(option, rest));
                case "--exit-with-stdin" -> life = Life.STANDARD_INPUT;
                default -> throw new ConfigException("unknown argument '" + option + "'; " + USAGE);
            }
        }
        if (socket == null) {
            throw new ConfigException("--socket is missing; " + USAGE);
        }
        if (config == null) {
            throw new ConfigException("--config is missing; " + USAGE);
        }
        return new Arguments(socket, config, uid, life);
    }

    private static String value(String option, ArrayDeque<String> rest) {
        var value = rest.pollFirst();
        if (value == null || value.isEmpty()) {
            throw new ConfigException(option + " needs a value; " + USAGE);
        }
        return value;
    }

    private static int uid(String text) {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new ConfigException("--agent-uid has to be a number; " + USAGE, e);
        }
    }
}
