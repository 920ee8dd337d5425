package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Strategies {@code rolling} and {@code auto}: a second container takes the first one's place, or it is told why not. */
class RollingTest extends OwnEngine {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final String name = agent.driver() + "-web";
    private final String network = agent.driver() + "-net";

    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure("""
                rolling: { secrets: [ db ], reload: { strategy: rolling, settle: 500ms, health-timeout: 10s }, %1$s }
                auto: { secrets: [ db ], reload: { settle: 500ms }, %1$s }
                named: { secrets: [ db ], reload: { settle: 500ms }, allow: { container: [ %2$s ] } }
                """.formatted(ALLOW_ALL, name));
        agent.start();
    }

    @BeforeEach
    void firstValue() {
        agent.secret("db", "first");
        docker("network", "create", network).succeeded();
    }

    @AfterEach
    void removeNetwork() {
        removeContainers();
        docker("network", "rm", network).succeeded();
    }

    private Container web() {
        return new Container(engine, new Container(engine, name).inspect("/Id"));
    }

    /** Awaits that another container has the name, and is the only one. */
    private Container replaced(Container old) {
        Await.until("another container is " + name, LIMIT, () -> !web().id().equals(old.id()));
        Await.value("the old one is gone", LIMIT, this::containers, List.of(web().id())::equals);
        return web();
    }

    private void awaitState(String bundle, String state) {
        Await.value("status of " + bundle, LIMIT, () -> Status.of(agent, bundle).state(), state::equals);
    }

    @Test
    void another_container_takes_the_place_with_all_that_was_set_up_and_all_data() throws Exception {
        var old = start(
                "--name=" + name,
                "--network=" + network,
                "--network-alias=api",
                "--env=A=b c",
                "--label=x=y",
                "--memory=64m",
                "--ulimit=nofile=1000:2000",
                "--volume=/anonymous",
                "--mount=type=volume,src=" + name + "-named,dst=/named",
                bundle("rolling"),
                BUSYBOX,
                "/probe",
                "serve",
                "/s/db");
        old.awaitLine("start first");
        Files.writeString(old.inside("/anonymous/a"), "kept");
        Files.writeString(old.inside("/named/n"), "kept too");

        agent.secret("db", "second");

        var web = replaced(old);
        assertThat(web.file("/s/db")).asString().isEqualTo("second");
        assertThat(web.logs().lines()).containsExactly("start second");
        assertThat(web.file("/anonymous/a")).asString().isEqualTo("kept");
        assertThat(web.file("/named/n")).asString().isEqualTo("kept too");
        assertThat(web.inspect("/Config/Labels/x")).isEqualTo("y");
        assertThat(web.inspect("/HostConfig/Memory")).isEqualTo("67108864");
        assertThat(web.inspect("/HostConfig/Ulimits/0/Soft")).isEqualTo("1000");
        assertThat(web.inspect("/NetworkSettings/Networks/" + network + "/Aliases/0"))
                .isEqualTo("api");
        for (var host : List.of("api", name)) {
            assertThat(docker("run", "--rm", "--network=" + network, BUSYBOX, "nslookup", host)
                            .succeeded()
                            .text())
                    .as("who is " + host)
                    .contains(web.inspect("/NetworkSettings/Networks/" + network + "/IPAddress"));
        }
        awaitState("rolling", "current");
        docker("volume", "rm", "--force", name + "-named");
    }

    @Test
    void it_goes_on_and_on() {
        var web = start("--name=" + name, bundle("auto"), STATIC, "/probe", "serve", "/s/db");
        web.awaitLine("start first");

        for (int change = 1; change <= 4; change++) {
            agent.secret("db", "value " + change);
            web = replaced(web);
            web.awaitLine("start value " + change);
        }
    }

    /** The second container has another name until it is proved, and yet it is the one that may. */
    @Test
    void one_that_is_granted_by_its_name_can_be_replaced() {
        var old = start("--name=" + name, bundle("named"), STATIC, "/probe", "serve", "/s/db");
        old.awaitLine("start first");

        agent.secret("db", "second");

        replaced(old).awaitLine("start second");
    }

    @Test
    void a_version_that_the_second_exits_of_never_reaches_the_first() {
        var old = start("--name=" + name, bundle("rolling"), STATIC, "/probe", "serve", "/s/db", "die", "poison");
        old.awaitLine("start first");
        var startedAt = old.startedAt();

        agent.secret("db", "poison");

        var mount = Await.value(
                "status marks the version",
                LIMIT,
                () -> Status.of(agent, "rolling").of(old),
                status -> status.badVersion() > 0);
        assertThat(mount.reason()).isEqualTo(name + " exited with 3 after the change");
        old.assertRunsSince(startedAt);
        Await.value("the second is gone", LIMIT, this::containers, List.of(old.id())::equals);
        assertThat(old.logs().lines()).containsExactly("start first");
        agent.awaitRotations();
        agent.dso("sync").succeeded();
        assertThat(containers()).containsExactly(old.id());
    }

    @Test
    void a_version_that_the_second_is_ill_of_never_reaches_the_first() {
        var old = start(
                "--name=" + name,
                "--health-cmd=test ! -e /tmp/ill",
                "--health-interval=200ms",
                "--health-retries=1",
                bundle("rolling"),
                BUSYBOX,
                "/probe",
                "serve",
                "/s/db",
                "ill",
                "poison");
        old.awaitLine("start first");
        var startedAt = old.startedAt();

        agent.secret("db", "poison");

        Await.value(
                "status marks the version",
                LIMIT,
                () -> Status.of(agent, "rolling").of(old),
                status -> status.badVersion() > 0);
        old.assertRunsSince(startedAt);
        Await.value("the second is gone", LIMIT, this::containers, List.of(old.id())::equals);
        assertThat(old.logs().lines()).containsExactly("start first");

        agent.secret("db", "cured");
        replaced(old).awaitLine("start cured");
    }

    @Test
    void one_with_a_published_port_is_restarted_by_auto_and_told_why() {
        var web =
                start("--name=" + name, "--publish=127.0.0.1::80", bundle("auto"), STATIC, "/probe", "serve", "/s/db");
        web.awaitLine("start first");

        agent.secret("db", "second");

        web.awaitLine("start second");
        awaitState("auto", "current");
        assertThat(containers()).containsExactly(web.id());
        assertThat(agent.log()).contains("strategy-chosen", "strategy=restart", "it publishes port any->80/tcp");
    }

    @Test
    void one_with_a_published_port_is_left_alone_by_rolling_and_told_why() throws Exception {
        var web = start("--name=" + name, "--publish=127.0.0.1::80", bundle("rolling"), STATIC, "/probe");

        agent.secret("db", "second");

        Await.until(
                "it is told",
                LIMIT,
                () -> agent.log().contains(name + " can't be replaced: it publishes port any->80/tcp"));
        assertThat(web.file("/s/db")).asString().isEqualTo("first");
        assertThat(containers()).containsExactly(web.id());
    }

    @Test
    void killed_again_and_again_amid_rotations_it_ends_with_one_container_on_the_newest_version() throws Exception {
        var old = start(
                "--name=" + name,
                "--network=" + network,
                "--network-alias=api",
                bundle("rolling"),
                STATIC,
                "/probe",
                "serve",
                "/s/db");
        old.awaitLine("start first");

        for (int round = 1; round <= 10; round++) {
            agent.secret("db", "round-" + round);
            var end = System.nanoTime() + round * 150_000_000L; // another moment of the rotation each time
            Await.until("time passes", LIMIT, () -> System.nanoTime() > end);
            agent.kill();
            agent.start();
        }

        Await.until(
                "one is there, on the newest version",
                LIMIT,
                () -> containers().equals(List.of(web().id()))
                        && new String(web().file("/s/db"), UTF_8).equals("round-10"));
        awaitState("rolling", "current");
    }
}
