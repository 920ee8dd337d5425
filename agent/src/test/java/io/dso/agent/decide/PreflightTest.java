package io.dso.agent.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.Setup;
import io.dso.agent.bundle.Setup.Storage;
import io.dso.agent.bundle.Setup.Storage.Kind;
import io.dso.agent.bundle.Setup.Trait;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreflightTest {
    private static final Storage SECRETS = new Storage("/run/secrets", "shop", Kind.OURS, true);

    private String network = "backend";
    private List<String> ports = List.of();
    private Map<String, String> addresses = Map.of();
    private String mac = "";
    private String hostname = "";
    private boolean sameImage = true;
    private List<Storage> storage = List.of(SECRETS);
    private List<String> devices = List.of();
    private List<String> dependents = List.of();
    private List<Trait> traits = List.of();

    private Preflight preflight() {
        return Preflight.of(new Setup(
                "web",
                network,
                ports,
                addresses,
                mac,
                hostname,
                "shop/web:1",
                sameImage,
                storage,
                devices,
                dependents,
                traits));
    }

    private void refused(String why) {
        var preflight = preflight();
        assertThat(preflight.impossible()).containsExactly(why);
        assertThat(preflight.allows()).isFalse();
        assertThat(preflight.proves()).isFalse();
    }

    private void doubted(String why) {
        var preflight = preflight();
        assertThat(preflight.unproven()).containsExactly(why);
        assertThat(preflight.allows()).isTrue();
        assertThat(preflight.proves()).isFalse();
    }

    @Test
    void a_stateless_service_in_a_network_can_be_replaced() {
        var preflight = preflight();

        assertThat(preflight.proves()).isTrue();
        assertThat(preflight.why()).isEmpty();
    }

    @Test
    void a_published_port_can_be_bound_once() {
        ports = List.of("8080->80/tcp");
        refused("it publishes port 8080->80/tcp");
    }

    @Test
    void an_address_can_be_had_once() {
        addresses = Map.of("backend", "10.0.0.5");
        refused("it has the fixed address 10.0.0.5 in network backend");
    }

    @Test
    void a_hardware_address_can_be_had_once() {
        mac = "02:42:ac:11:00:99";
        refused("it has the fixed hardware address 02:42:ac:11:00:99");
    }

    @Test
    void there_is_one_network_of_the_host() {
        network = "host";
        refused("it is in the host's network");
    }

    @Test
    void a_network_of_another_container_is_that_containers() {
        network = "container:12ab";
        refused("it is in another container's network");
    }

    @Test
    void what_others_are_joined_to_stays() {
        dependents = List.of("sidecar");
        refused("container sidecar is joined to it");
    }

    @Test
    void what_is_removed_when_it_stops_can_not_come_back() {
        traits = List.of(Trait.REMOVED_WHEN_STOPPED);
        refused("it is removed when it stops (--rm)");
    }

    @Test
    void links_and_swarm_have_their_own_ways() {
        traits = List.of(Trait.LINKED, Trait.SWARM);

        assertThat(preflight().impossible())
                .containsExactly("it is joined to others by --link", "it belongs to a Swarm service");
    }

    @Test
    void a_copy_must_be_of_the_same_image() {
        sameImage = false;
        refused("shop/web:1 is another image now, or gone");
    }

    @Test
    void a_volume_needs_a_name_to_be_carried_by() {
        storage = List.of(SECRETS, new Storage("/data", "", Kind.ANONYMOUS, false));
        refused("its volume at /data has no name to carry it by");
    }

    @Test
    void two_at_once_on_one_writable_volume_are_a_doubt() {
        storage = List.of(
                SECRETS,
                new Storage("/var/lib/db", "db", Kind.NAMED, true),
                new Storage("/etc/conf", "/srv/conf", Kind.BIND, false),
                new Storage("/tmp", "", Kind.PRIVATE, true));
        doubted("two at once would write to /var/lib/db");
    }

    @Test
    void a_chosen_host_name_is_a_doubt() {
        hostname = "rabbit1";
        doubted("two at once would be host rabbit1");
    }

    @Test
    void a_device_is_a_doubt() {
        devices = List.of("/dev/ttyUSB0");
        doubted("two at once would use device /dev/ttyUSB0");
    }

    @Test
    void all_reasons_are_told_at_once() {
        ports = List.of("80->80/tcp", "443->443/tcp");
        hostname = "h";

        assertThat(preflight().why())
                .isEqualTo("it publishes port 80->80/tcp; it publishes port 443->443/tcp; two at once would be host h");
    }
}
