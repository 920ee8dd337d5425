package io.dso.agent.config;

import static io.dso.agent.problem.ProblemId.CONFIG_MISSING;
import static io.dso.agent.problem.ProblemId.CONFIG_WRONG_VALUE;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Bundle.Format;
import io.dso.agent.bundle.Bundle.Item;
import io.dso.agent.bundle.Bundle.OnUnavailable;
import io.dso.agent.bundle.Bundle.Owner;
import io.dso.agent.bundle.Grant;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Batch;
import io.dso.agent.bundle.ReloadPolicy.Hook;
import io.dso.agent.bundle.ReloadPolicy.OnFailure;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.bundle.Signals;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What may stand in the file about bundles; {@link ItemGrammar} has their secrets. */
final class BundleGrammar {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}");
    private static final String NAME_IN_WORDS =
            "at most 63 letters, digits, '.', '_' and '-', the first a letter or digit";
    private static final Pattern MODE = Pattern.compile("0[0-7]{3}");
    private static final String JSON_FILE = "secrets.json";
    private static final Grant NOBODY = new Grant(Set.of(), Set.of(), Set.of(), Set.of());
    private static final ReloadPolicy NO_RELOAD = new ReloadPolicy(
            Strategy.AUTO, "SIGHUP", Hook.NONE, Duration.ofSeconds(2), Duration.ofSeconds(60), Batch.CAREFUL);

    private final Set<String> providers;

    /** @param providers the names there are; empty when that can't be told, and then none is reported as unknown */
    BundleGrammar(Set<String> providers) {
        this.providers = providers;
    }

    Shape<Map<String, Bundle>> bundles() {
        return Shape.named("bundle", NAME, NAME_IN_WORDS, bundle());
    }

    private Shape<Bundle> bundle() {
        var secrets = Key.required("secrets", secrets(), "what the bundle holds");
        var format = Key.withDefault(
                "format", format(), new Format.Files(), "files", "a file for each secret, or one JSON object");
        var owner = Key.withDefault("owner", owner(), new Owner(0, 0), "", "who owns the files in the container");
        var mode = Key.withDefault("mode", mode(), 0400, "0400", "permission bits of the files, octal");
        var allow = Key.withDefault(
                "allow", allow(), NOBODY, "", "who may mount it: a container that matches every key given here");
        var reload = Key.withDefault(
                "reload", reload(), NO_RELOAD, "", "what is done with a running container after a change");
        var onUnavailable = Key.withDefault(
                "on-unavailable",
                Shape.oneOf(OnUnavailable.values()),
                OnUnavailable.FAIL,
                "fail",
                "what a start gets while values can't be had: a refusal, or the newest still in RAM on this host");
        return Table.of(
                List.of(secrets, format, owner, mode, allow, reload, onUnavailable),
                row -> new Bundle(
                        row.name(),
                        row.get(secrets),
                        row.get(format),
                        row.get(owner),
                        row.get(mode),
                        row.get(allow),
                        row.get(reload),
                        row.get(onUnavailable)));
    }

    private Shape<List<Item>> secrets() {
        return new Shape<>(
                new ItemGrammar(providers).items().schema(),
                spot -> new ItemGrammar(providers).items().read(spot));
    }

    private static Shape<Format> format() {
        var file = Key.withDefault("file", ItemGrammar.fileName(), JSON_FILE, JSON_FILE, "the file's name");
        var json = Key.required(
                "json", Table.<Format>of(List.of(file), row -> new Format.Json(row.get(file))), "one JSON object");
        return Shape.scalarOr(
                Shape.oneOf(new TreeMap<>(Map.of("files", new Format.Files(), "json", new Format.Json(JSON_FILE)))),
                Table.of(List.of(json), row -> row.get(json)));
    }

    private static Shape<Owner> owner() {
        var uid = Key.withDefault("uid", Shape.integer(0, Integer.MAX_VALUE), 0, "0", "numeric user");
        var gid = Key.withDefault("gid", Shape.integer(0, Integer.MAX_VALUE), 0, "0", "numeric group");
        return Table.of(List.of(uid, gid), row -> new Owner(row.get(uid), row.get(gid)));
    }

    /** Octal, and seen to be: {@code 400} would be read as one number by some and as another by others. */
    private static Shape<Integer> mode() {
        return Shape.text(MODE, "an octal mode with its leading zero, such as \"0400\"", "write \"0400\", or the like")
                .then((spot, text) -> Optional.of(Integer.parseInt(text, 8)));
    }

    private static Shape<Grant> allow() {
        var name = Shape.text(512);
        var project = Key.withDefault(
                "compose-project", Shape.oneOrMore("compose-project", name), List.<String>of(), "", "Compose projects");
        var service = Key.withDefault(
                "compose-service", Shape.oneOrMore("compose-service", name), List.<String>of(), "", "Compose services");
        var container = Key.withDefault(
                "container", Shape.oneOrMore("container", name), List.<String>of(), "", "container names");
        var image = Key.withDefault(
                "image", Shape.oneOrMore("image", name), List.<String>of(), "", "image references or IDs (sha256:…)");
        return Table.of(
                List.of(project, service, container, image),
                row -> new Grant(
                        Set.copyOf(row.get(project)),
                        Set.copyOf(row.get(service)),
                        Set.copyOf(row.get(container)),
                        Set.copyOf(row.get(image))));
    }

    private static Shape<ReloadPolicy> reload() {
        var strategy = Key.withDefault(
                "strategy",
                Shape.oneOf(Strategy.values()),
                Strategy.AUTO,
                "auto",
                "none, signal, exec, restart or rolling; auto is rolling where that surely works, else restart");
        var signal = Key.withDefault("signal", signal(), "SIGHUP", "SIGHUP", "which signal, for strategy signal");
        var exec = Key.withDefault(
                "exec",
                Shape.oneOrMore("word", Shape.text(4096)),
                List.<String>of(),
                "",
                "which command in the container, for strategy exec: a program and its arguments, without a shell");
        var execTimeout = Key.withDefault(
                "exec-timeout",
                Shape.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
                Hook.NONE.timeout(),
                "10s",
                "how long that command may take");
        var settle = Key.withDefault(
                "settle",
                Shape.duration(Duration.ZERO, Duration.ofMinutes(10)),
                NO_RELOAD.settle(),
                "2s",
                "how long the container has to keep running before the change counts as good");
        var healthTimeout = Key.withDefault(
                "health-timeout",
                Shape.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                NO_RELOAD.healthTimeout(),
                "60s",
                "how long a container with a health check may take to become healthy");
        var maxParallel = Key.withDefault(
                "max-parallel",
                Shape.integer(1, 1000),
                Batch.CAREFUL.maxParallel(),
                "1",
                "how many containers change at a time, after one went first");
        var onFailure = Key.withDefault(
                "on-failure",
                Shape.oneOf(OnFailure.values()),
                Batch.CAREFUL.onFailure(),
                "stop",
                "what becomes of the other containers when one doesn't stand a version: stop where they are, or rollback");
        var keys = List.of(strategy, signal, exec, execTimeout, settle, healthTimeout, maxParallel, onFailure);
        return Table.of(keys, row -> {
            if (row.has(signal) && row.get(strategy) != Strategy.SIGNAL) {
                row.refuse(
                        signal,
                        CONFIG_WRONG_VALUE,
                        "'signal' of " + row.title() + " has no effect without strategy signal",
                        "write 'strategy: signal', or remove it");
            }
            if (row.get(strategy) == Strategy.EXEC) {
                if (!row.has(exec)) {
                    row.refuse(
                            strategy,
                            CONFIG_MISSING,
                            "'exec' of " + row.title() + " is missing",
                            "write 'exec: [program, argument]', the command that has the application read its files");
                }
            } else {
                Stream.of(exec, execTimeout)
                        .filter(row::has)
                        .forEach(key -> row.refuse(
                                key,
                                CONFIG_WRONG_VALUE,
                                "'" + key.name() + "' of " + row.title() + " has no effect without strategy exec",
                                "write 'strategy: exec', or remove it"));
            }
            return new ReloadPolicy(
                    row.get(strategy),
                    row.get(signal),
                    new Hook(row.get(exec), row.get(execTimeout)),
                    row.get(settle),
                    row.get(healthTimeout),
                    new Batch(row.get(maxParallel), row.get(onFailure)));
        });
    }

    private static Shape<String> signal() {
        return Shape.text(Signals.PATTERN, "the name of a signal", "write SIGHUP, SIGUSR1 or the like");
    }
}
