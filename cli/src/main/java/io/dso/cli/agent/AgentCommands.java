package io.dso.cli.agent;

import com.google.protobuf.Timestamp;
import io.dso.cli.Dso;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Format;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/** All commands that talk to the agent, and what they share. */
public final class AgentCommands {
    private AgentCommands() {}

    /** In the order of the help. */
    public static List<CommandLine> all(Dso dso) {
        return List.of(
                new CommandLine(new StatusCommand(dso)),
                new CommandLine(new PlanCommand(dso)),
                new CommandLine(new Sync(dso)),
                new CommandLine(new Rotate(dso)),
                new CommandLine(new Rollback(dso)),
                new CommandLine(new Pause(dso)),
                new CommandLine(new Resume(dso)),
                new CommandLine(new HistoryCommand(dso)),
                new CommandLine(new Events(dso)),
                new CommandLine(new Validate(dso)),
                new CommandLine(new Reload(dso)),
                new CommandLine(new Health(dso)),
                new CommandLine(new Version(dso)));
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
