package io.dso.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dso.agent.config.ConfigFile;
import io.dso.agent.config.Loaded;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.scheduler.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts the agent, or only checks its configuration. */
@QuarkusMain
public final class Main implements QuarkusApplication {
    private static final int USAGE = 2;
    /** sysexits.h: EX_DATAERR. */
    private static final int BAD_CONFIGURATION = 65;

    private final Start start;
    private final Scheduler scheduler;

    Main(Start start, Scheduler scheduler) {
        this.start = start;
        this.scheduler = scheduler;
    }

    /** The process. Exit codes: 0 stopped in order, 1 failure, 2 usage, 65 bad configuration. */
    public static void main(String... arguments) {
        Options options;
        try {
            options = Options.parse(List.of(arguments), System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("error: " + e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(USAGE);
            return;
        }
        switch (options.mode()) {
            case HELP -> System.out.print(Options.USAGE);
            case VALIDATE -> System.exit(validate(options));
            case RUN -> run(options, arguments);
        }
    }

    private static void run(Options options, String[] arguments) {
        // The log lets all through until the framework sets it up: what libraries tell of their own start would be
        // formatted, and kept until then.
        Logger.getLogger("").setLevel(Level.INFO);
        // The first record asks for it, and a native executable can't ask a resolver on a virtual thread.
        System.setProperty("jboss.host.name", hostName());
        // Read by the framework when it starts.
        System.setProperty("quarkus.management.host", options.healthHost());
        System.setProperty("quarkus.management.port", Integer.toString(options.healthPort()));
        Start.begin(options);
        Quarkus.run(
                Main.class,
                (code, _) -> {
                    Start.stop();
                    System.exit(code);
                },
                arguments);
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "localhost";
        }
    }

    private static int validate(Options options) {
        return switch (ConfigFile.read(options.config(), Home.of(System.getenv())::provider)) {
            case Loaded.Good _ -> 0;
            case Loaded.Bad(var problems) -> {
                problems.forEach(problem -> System.out.println(json(problem)));
                yield BAD_CONFIGURATION;
            }
        };
    }

    private static String json(Problem problem) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", problem.id().code())
                .put("what", problem.what())
                .put("where", problem.where())
                .put("fix", problem.fix())
                .toString();
    }

    @Override
    public int run(String... arguments) throws InterruptedException {
        try {
            start.wiring().runJobsBy(scheduler);
        } catch (DsoException e) {
            e.problems().forEach(Main::print);
            return BAD_CONFIGURATION;
        }
        start.awaitStop();
        return 0;
    }

    private static void print(Problem problem) {
        System.err.printf("error: %s [%s]%n", problem.what(), problem.id().code());
        if (!problem.where().isEmpty()) {
            System.err.printf("   at: %s%n", problem.where());
        }
        if (!problem.fix().isEmpty()) {
            System.err.printf("  fix: %s%n", problem.fix());
        }
    }
}
