package io.dso.e2e;

import io.dso.e2e.SpoiltEngine.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An agent with one container, which a new secret reaches by one strategy, again and again, each time with one engine call spoilt. */
final class FaultLane implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Longer than between any two calls of a rotation that goes well. */
    private static final Duration QUIET = Duration.ofMillis(1200);

    private final Engine engine = Engine.underTest();
    private final String name;
    /** What a container is called that isn't the first: a replacement, or one of another lane. */
    private final String other;

    private final String network;
    private final Agent agent;
    private final SpoiltEngine proxy;
    private String first = "";
    private CompletableFuture<Void> killed = new CompletableFuture<>();
    private int version;

    /** Starts an agent and its container. */
    FaultLane(String strategy, String name) throws IOException {
        this.name = name;
        this.other = strategy.equals("rolling") ? "SECOND" : "OTHER";
        this.network = name + "-net";
        this.agent = new Agent(engine, name, Settings.work().resolve(name));
        this.proxy = new SpoiltEngine(
                agent.directory().resolve("engine.sock"),
                Path.of(engine.host().substring("unix://".length())),
                this::kill,
                this::named);
        agent.secret("db", "0").configure("""
                web: { secrets: [ db ], reload: { strategy: %s, settle: 300ms, health-timeout: 10s%s }, allow: { container: %s } }
                """.formatted(
                        strategy, strategy.equals("exec") ? ", exec: [ \"true\" ], exec-timeout: 5s" : "", name));
        agent.reaching(proxy.host()).start();
        engine.docker("network", "create", network).succeeded();
        first = engine.docker(
                        "run",
                        "--detach",
                        "--name=" + name,
                        "--network=" + network,
                        "--network-alias=api",
                        "--label=dso.lane=" + name,
                        "--mount=type=volume,src=" + name + ",dst=/s,volume-driver=" + name + ",volume-opt=bundle=web",
                        EndToEnd.BUSYBOX,
                        "/probe",
                        "serve",
                        "/s/db")
                .succeeded()
                .text();
        settled();
    }

    private void kill() {
        agent.kill();
        killed.complete(null);
    }

    private String named(String call) {
        return call.replaceAll("\\?.*", "")
                .replaceAll("/containers/" + first, "/containers/FIRST")
                .replaceAll("/containers/([0-9a-f]{64}|" + name + "[^/]*)", "/containers/" + other)
                .replaceAll("/exec/[0-9a-f]{64}", "/exec/ID")
                .replaceAll("/networks/[^/]+/", "/networks/ID/")
                .replaceAll("/images/[^/]+/", "/images/ID/");
    }

    /**
     * One rotation.
     *
     * @param call which of its calls is spoilt, from 1
     * @return the call; empty if it hasn't so many
     * @throws AssertionError if it doesn't end as it should
     */
    Optional<String> rotate(int call, Fault fault) {
        version++;
        killed = new CompletableFuture<>();
        proxy.spoil(call, fault);
        agent.secret("db", Integer.toString(version));
        Await.until(
                "call " + call + " was spoilt, or all is done",
                LIMIT,
                () -> proxy.spoilt().isPresent() || proxy.quietFor(QUIET) && isConverged());
        var spoilt = proxy.spoilt();
        if (spoilt.isPresent() && fault.kills()) {
            killed.join();
            agent.start();
        }
        settled();
        return spoilt;
    }

    private void settled() {
        try {
            Await.until(
                    "one container, %s, with version %s".formatted(name, version),
                    LIMIT,
                    () -> proxy.quietFor(QUIET) && isConverged());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; there are " + all() + "\n" + agent.logTail(), e);
        }
        first = only().id();
    }

    /** One container, under its name, with the new version, its alias and one mount. */
    private boolean isConverged() throws IOException {
        var all = all();
        if (all.size() != 1 || !all.getFirst().endsWith(" /" + name + " running")) {
            return false;
        }
        var web = only();
        return web.has("/s/db", Integer.toString(version))
                && web.inspect("/NetworkSettings/Networks/" + network + "/Aliases/0")
                        .equals("api")
                && directories() == 1
                && agent.runs();
    }

    private Container only() {
        return new Container(engine, all().getFirst().split(" ", 2)[0]);
    }

    /** ID, name and state of each container. */
    private List<String> all() {
        var filter = "%7B%22label%22%3A%5B%22dso.lane%3D" + name + "%22%5D%7D";
        var containers = Agent.parse(engine.get("/containers/json?all=1&filters=" + filter));
        return containers
                .valueStream()
                .map(container -> container.get("Id").asText() + " "
                        + container.get("Names").path(0).asText() + " "
                        + container.get("State").asText())
                .toList();
    }

    private long directories() throws IOException {
        try (var mounts = Files.list(agent.runDirectory().resolve("volumes").resolve(name))) {
            return mounts.count();
        }
    }

    @Override
    public void close() {
        for (var container : all()) {
            engine.docker("rm", "--force", "--volumes", container.split(" ", 2)[0]);
        }
        engine.docker("volume", "rm", "--force", name);
        engine.docker("network", "rm", network);
        agent.close();
        proxy.close();
    }
}
