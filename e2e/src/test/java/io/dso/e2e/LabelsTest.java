package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Labels of containers: requests of whoever created them. */
class LabelsTest extends EndToEnd {
    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure(
                "shop: { secrets: [ db ], reload: { strategy: signal, settle: 200ms }, allow: { container: web } }");
        agent.start();
    }

    @BeforeEach
    void firstValue() {
        agent.secret("db", "first");
    }

    private Container web(String image, String... labels) {
        var line = new ArrayList<>(List.of("--name", "web", bundle("shop")));
        for (var label : labels) {
            line.addAll(List.of("--label", label));
        }
        line.addAll(List.of(image, "/probe", "serve", "/s/db"));
        var container = start(line.toArray(String[]::new));
        container.awaitLine("start first");
        return container;
    }

    private String labels() {
        return agent.json("status", "shop").at("/bundles/0/mounts/0/labels").asText();
    }

    @Test
    void a_container_is_restarted_because_it_asks_for_that() {
        var container = web(STATIC, "dso.strategy=restart");

        agent.secret("db", "second");

        container.awaitLine("start second");
        assertThat(container.logs()).doesNotContain("hup");
    }

    @Test
    void a_container_that_wants_to_be_left_alone_is_until_it_starts_again() {
        var container = web(STATIC, "dso.reloader=false");
        agent.secret("db", "second");

        assertThat(agent.json("sync").at("/rotations").size()).isZero();

        container.awaitFile("/s/db", "first");
        assertThat(agent.dso("plan").text()).contains("stay", "dso.reloader=false");
        assertThat(labels()).contains("dso.reloader=false");
        docker("restart", container.id()).succeeded();
        container.awaitLine("start second");
    }

    @Test
    void a_wrong_label_is_said_and_the_bundles_policy_holds() {
        var container = web(STATIC, "dso.strategy=sgnal");

        assertThat(labels()).contains("there is no strategy 'sgnal'");
        assertThat(agent.log()).contains("label-refused bundle=shop container=web");
        agent.secret("db", "second");
        container.awaitLine("hup second");
    }

    @Test
    void an_images_label_changes_nothing() {
        var image = "dso-test/labelled:" + agent.driver();
        docker("create", "--name", "for-image", STATIC, "/probe").succeeded();
        try {
            docker("commit", "--change", "LABEL dso.reloader=false", "for-image", image)
                    .succeeded();
        } finally {
            docker("rm", "for-image").succeeded();
        }
        try {
            var container = web(image);
            assertThat(container.inspect("/Config/Labels/dso.reloader")).isEqualTo("false");

            agent.secret("db", "second".getBytes(UTF_8));

            container.awaitLine("hup second");
        } finally {
            removeContainers();
            docker("rmi", "--force", image).succeeded();
        }
    }
}
