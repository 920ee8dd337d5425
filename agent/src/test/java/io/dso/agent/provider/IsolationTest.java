package io.dso.agent.provider;

import static io.dso.agent.provider.Recorder.await;
import static io.dso.agent.provider.Recorder.awaitPhase;
import static io.dso.agent.provider.Recorder.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.bundle.ProviderSpec.Launch;
import io.dso.agent.provider.ProviderState.Phase;
import io.dso.transport.Peer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hostile provider that the agent starts can't do. It tells what it could, as its last words. */
class IsolationTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final int HOSTILE = 64190;
    private static final int OTHER = 64191;

    /** Tries each line of what it is given, and says what it could do. */
    private static final String ATTACKS = """
            import json, os, resource, socket, sys
            done = []
            def tries(what, attack):
                try:
                    attack()
                    done.append(what)
                except (OSError, ValueError, MemoryError):
                    pass
            def read(path):
                with open(path, "rb") as file:
                    file.read(1)
            def connect(path):
                socket.socket(socket.AF_UNIX).connect(path)
            config = json.load(open(sys.argv[4]))
            for path in config["read"]: tries("read " + path, lambda: read(path))
            for path in config["list"]: tries("list " + path, lambda: os.listdir(path))
            for path in config["write"]: tries("write " + path, lambda: open(path, "ab"))
            for path in config["make"]: tries("make " + path, lambda: open(path, "xb"))
            for path in config["connect"]: tries("connect " + path, lambda: connect(path))
            for pid in config["signal"]: tries("signal %d" % pid, lambda: os.kill(pid, 0))
            tries("become root", lambda: os.setuid(0))
            tries("take 600 MiB", lambda: bytearray(600 << 20))
            tries("dump core", lambda: resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)))
            status = dict(line.rstrip("\\n").split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
            if status["Groups"].strip(): done.append("have groups " + status["Groups"])
            for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                if int(status[name], 16): done.append("have " + name)
            if status["NoNewPrivs"] != "1": done.append("get privileges")
            if set(os.environ) - {"LC_CTYPE"}: done.append("have an environment")
            print("user %d could: %s" % (os.getuid(), "; ".join(done) or "nothing"), flush=True)
            """;

    /** Listens, and does nothing else. */
    private static final String LISTENER = """
            import socket, sys, time
            s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[2]); s.listen()
            while sys.stdin.read(1): pass
            """;

    @TempDir
    Path directory;

    private final List<SupervisedProviders> started = new ArrayList<>();

    @BeforeEach
    void needs() throws IOException {
        assumeTrue(Peer.self().uid() == 0, "only an agent that is root gives providers users of their own");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 plays the hostile provider");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void stop() {
        started.forEach(SupervisedProviders::close);
    }

    private Path program(String name, String python) throws IOException {
        var file = Files.writeString(directory.resolve(name), "#!/usr/bin/python3\n" + python);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static ProviderSpec spec(String name, Launch launch, String config) {
        return new ProviderSpec(name, "test", config, Duration.ofSeconds(30), Duration.ofSeconds(5), launch);
    }

    private SupervisedProviders start(ProviderSpec... specs) {
        var providers = new SupervisedProviders(directory.resolve("run"), CLOCK, new Recorder(), Patience.USUAL);
        started.add(providers);
        var byName = new LinkedHashMap<String, ProviderSpec>();
        for (var spec : specs) {
            byName.put(spec.name(), spec);
        }
        providers.apply(byName);
        return providers;
    }

    private String reasonOf(Launch.Executable launch) {
        return reasonOf(launch, "{}");
    }

    private String reasonOf(Launch.Executable launch, String config) {
        var providers = start(spec("hostile", launch, config));
        awaitPhase(providers, "hostile", Phase.FAILED);
        return state(providers, "hostile").reason();
    }

    private static String json(Map<String, List<?>> lists) {
        return lists.entrySet().stream()
                .map(list -> "\"" + list.getKey() + "\":"
                        + list.getValue().stream()
                                .map(each -> each instanceof Path ? "\"" + each + "\"" : each.toString())
                                .collect(Collectors.joining(",", "[", "]")))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private Path owned(Path file, int user, String mode) throws IOException {
        Files.writeString(file, "credentials");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        Files.setAttribute(file, "unix:uid", user);
        return file;
    }

    @Test
    void a_hostile_provider_reads_nothing_of_the_agent_other_providers_the_engine_and_volumes() throws IOException {
        var run = directory.resolve("run/providers");
        start(spec(
                "other",
                new Launch.Executable(program("listener", LISTENER), OTHER, ""),
                "{\"secret-id-file\":\"/x\"}"));
        await("the other provider listens", () -> Files.exists(run.resolve("other/sock")));
        var agent = Path.of("/proc", Long.toString(ProcessHandle.current().pid()));
        var others = owned(directory.resolve("others-token"), OTHER, "r--------");
        var agents = owned(directory.resolve("dso.yaml"), 0, "rw-r-----");
        var mount = Files.createDirectories(directory.resolve("run/volumes/shop/0123abcd"));
        Files.setPosixFilePermissions(
                Objects.requireNonNull(mount.getParent()), PosixFilePermissions.fromString("rwx--x--x"));
        var delivered = owned(mount.resolve("db_password"), 1000, "r--------");
        var docker = directory.resolve("docker.sock");
        var attacks = program("attacks", ATTACKS);
        try (var engine = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            engine.bind(UnixDomainSocketAddress.of(docker));
            Files.setPosixFilePermissions(docker, PosixFilePermissions.fromString("rw-rw----"));

            var reason = reasonOf(
                    new Launch.Executable(attacks, HOSTILE, ""),
                    json(Map.of(
                            "read",
                            List.of(
                                    agent.resolve("mem"),
                                    agent.resolve("environ"),
                                    agent.resolve("maps"),
                                    run.resolve("other.json"),
                                    run.resolve("other.pid.new"),
                                    others,
                                    agents,
                                    delivered,
                                    Path.of("/etc/shadow")),
                            "list",
                            List.of(
                                    agent.resolve("fd"),
                                    agent.resolve("root"),
                                    run,
                                    run.resolve("other"),
                                    Objects.requireNonNull(mount.getParent())),
                            "write",
                            List.of(attacks, run.resolve("hostile.json"), others),
                            "make",
                            List.of(run.resolve("planted"), run.resolve("other/planted"), directory.resolve("planted")),
                            "connect",
                            List.of(docker, run.resolve("other/sock")),
                            "signal",
                            List.of(ProcessHandle.current().pid()))));

            assertThat(reason).isEqualTo("its process ended with exit code 0: user " + HOSTILE + " could: nothing");
        }
    }

    @Test
    void the_attacks_are_real_where_nothing_denies_them() throws IOException {
        var mine = directory.resolve("mine");
        Files.writeString(mine, "x");
        Files.setPosixFilePermissions(mine, PosixFilePermissions.fromString("rw-rw-rw-"));
        var none = List.of();

        var reason = reasonOf(
                new Launch.Executable(program("attacks", ATTACKS), HOSTILE, ""),
                json(Map.of(
                        "read", List.of(mine),
                        "list", List.of(directory),
                        "write", List.of(mine),
                        "make", List.of(directory.resolve("run/providers/hostile/planted")),
                        "connect", none,
                        "signal", none)));

        assertThat(reason)
                .contains("could: read " + mine + "; list " + directory + "; write " + mine + "; make ")
                .endsWith("hostile/planted");
    }

    @Test
    void a_socket_that_is_a_link_to_another_providers_is_not_spoken_to() throws IOException {
        start(spec("other", new Launch.Executable(program("listener", LISTENER), OTHER, ""), "{}"));
        var others = directory.resolve("run/providers/other/sock");
        await("the other provider listens", () -> Files.exists(others));
        var link = "import os, sys, time\nos.symlink('" + others + "', sys.argv[2])\nwhile sys.stdin.read(1): pass\n";

        assertThat(reasonOf(new Launch.Executable(program("link", link), HOSTILE, "")))
                .isEqualTo("somebody else listens on its socket");
    }

    @Test
    void a_program_that_others_could_change_is_not_started() throws IOException {
        var program = program("program", "raise SystemExit(7)\n");
        assertThat(reasonOf(new Launch.Executable(program, HOSTILE, "")))
                .startsWith("its process ended with exit code 7");

        Files.setAttribute(program, "unix:uid", HOSTILE);
        assertThat(reasonOf(new Launch.Executable(program, HOSTILE, "")))
                .isEqualTo(program + " belongs to user " + HOSTILE + ", who could change what is started: chown 0 it");

        Files.setAttribute(program, "unix:uid", 0);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThat(reasonOf(new Launch.Executable(program, HOSTILE, "")))
                .startsWith("others may write to " + program)
                .endsWith("chmod go-w it");

        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(reasonOf(new Launch.Executable(program, HOSTILE, "")))
                .startsWith("others may write to " + directory + ", above " + program);
    }

    @Test
    void a_program_that_its_user_cannot_get_to_is_told_with_what_shuts_it_and_the_fix() throws IOException {
        var folder = Files.createDirectory(directory.resolve("shut"));
        var program = program("shut/program", "raise SystemExit(7)\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-x---"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        assertThat(reasonOf(new Launch.Executable(program, HOSTILE, "")))
                .endsWith("Permission denied; user 64190, which it runs as, may not run it: chmod o+rx " + program);

        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThat(reasonOf(new Launch.Executable(program, HOSTILE, "")))
                .endsWith("Permission denied; user 64190, which it runs as, can't get through " + folder
                        + ": chmod o+x it, or install the program elsewhere");
    }

    @Test
    void a_link_to_a_program_is_followed_once_and_what_it_led_to_is_started() throws IOException {
        var program = program("program", "import sys\nprint(sys.argv[0])\n");
        var link = Files.createSymbolicLink(directory.resolve("link"), program);

        assertThat(reasonOf(new Launch.Executable(link, HOSTILE, ""))).endsWith(": " + program);
    }

    @Test
    void a_program_with_another_sha256_than_the_one_pinned_is_not_started() throws IOException {
        var program = Files.writeString(directory.resolve("program"), "#!/bin/sh\nexit 7\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(reasonOf(new Launch.Executable(program, HOSTILE, "00".repeat(32))))
                .isEqualTo(program + " is another file than the one whose SHA-256 the configuration has");
        assertThat(reasonOf(new Launch.Executable(
                        program, HOSTILE, "4d8fe24768718d56bd8c282eb86ad8c8411b2d3d4f8cc99d84fc37f55f7d3780")))
                .isEqualTo("its process ended with exit code 7");
    }

    @Test
    void a_tool_that_is_missing_is_named_with_its_package() {
        assertThat(catchThrowable(() -> Confinement.tool("setpriv", List.of(directory))))
                .hasMessage("setpriv is not there, without which no provider is started: install util-linux");
    }
}
