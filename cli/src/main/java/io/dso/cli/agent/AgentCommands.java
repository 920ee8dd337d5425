package io.dso.cli.agent;

import com.google.protobuf.Timestamp;
import io.dso.cli.Branch;
import io.dso.cli.Dso;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Format;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** All commands that talk to the agent, and what they share. */
public final class AgentCommands {
    private AgentCommands() {}

    /** In the order of the help. */
    public static List<Branch> all(Dso dso) {
        return List.of(
                Branch.of("status", () -> new StatusCommand(dso)),
                Branch.of("plan", () -> new PlanCommand(dso)),
                Branch.of("sync", () -> new Sync(dso)),
                Branch.of("rotate", () -> new Rotate(dso)),
                Branch.of("rollback", () -> new Rollback(dso)),
                Branch.of("pause", () -> new Pause(dso)),
                Branch.of("resume", () -> new Resume(dso)),
                Branch.of("history", () -> new HistoryCommand(dso)),
                Branch.of("events", () -> new Events(dso)),
                Branch.of("validate", () -> new Validate(dso)),
                Branch.of("reload", () -> new Reload(dso)),
                Branch.of("health", () -> new Health(dso)),
                Branch.of("version", () -> new Version(dso)));
    }

    static Instant instant(Timestamp at) {
        return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
    }

    /** {@code STATE_READY} or {@code ACTION_STAY} as people and programs read it: {@code ready}. */
    static String lower(Enum<?> state) {
        return state.name()
                .toLowerCase(Locale.ROOT)
                .replaceFirst("^(state|action)_", "")
                .replace('_', '-');
    }

    /** Tells a person what the result doesn't say by itself; programs have it in their JSON. */
    static void say(Dso dso, String what) {
        if (dso.screen().format() != Format.JSON) {
            dso.surroundings().err().println(what);
        }
    }

    /** Empty for none. */
    static Cell version(long version) {
        return version == 0 ? Cell.of("") : Cell.of(version);
    }
}
