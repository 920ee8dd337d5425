package io.dso.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.dso.agent.bundle.Setup;
import io.dso.agent.bundle.Setup.Storage;
import io.dso.agent.bundle.Setup.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads from what the engine says of a container how it was set up. */
final class SetupReader {
    private static final String SWARM = "com.docker.swarm.service.id";

    private final JsonNode seen;
    private final JsonNode config;
    private final JsonNode host;
    private final Blueprint.Beside beside;

    SetupReader(JsonNode seen, Blueprint.Beside beside) {
        this.seen = seen;
        this.config = seen.path("Config");
        this.host = seen.path("HostConfig");
        this.beside = beside;
    }

    Setup setup() {
        var name = seen.path("Name").asText();
        return new Setup(
                name.startsWith("/") ? name.substring(1) : name,
                host.path("NetworkMode").asText(),
                ports(),
                addresses(),
                beside.mac(),
                hostname(),
                config.path("Image").asText(),
                seen.path("Image").asText().equals(beside.imageNow()),
                storage(),
                devices(),
                beside.dependents(),
                traits());
    }

    private List<String> ports() {
        var ports = new ArrayList<String>();
        host.path("PortBindings")
                .properties()
                .forEach(port -> port.getValue()
                        .forEach(binding -> ports.add("%s->%s"
                                .formatted(
                                        binding.path("HostPort").asText().isEmpty()
                                                ? "any"
                                                : binding.path("HostPort").asText(),
                                        port.getKey()))));
        if (host.path("PublishAllPorts").asBoolean()) {
            ports.add("any->all");
        }
        return ports;
    }

    private Map<String, String> addresses() {
        var addresses = new TreeMap<String, String>();
        seen.path("NetworkSettings").path("Networks").properties().forEach(network -> {
            var asked = network.getValue().path("IPAMConfig");
            for (var family : List.of("IPv4Address", "IPv6Address")) {
                if (!asked.path(family).asText().isEmpty()) {
                    addresses.put(network.getKey(), asked.path(family).asText());
                }
            }
        });
        return addresses;
    }

    /** The engine calls a container by the beginning of its ID, if nobody says otherwise. */
    private String hostname() {
        var hostname = config.path("Hostname").asText();
        var mode = host.path("UTSMode").asText();
        return mode.equals("host") || seen.path("Id").asText().startsWith(hostname) ? "" : hostname;
    }

    private List<Storage> storage() {
        var storage = new ArrayList<Storage>();
        for (var mount : seen.path("Mounts")) {
            var name = mount.path("Name").asText();
            boolean volume = mount.path("Type").asText().equals("volume");
            storage.add(new Storage(
                    mount.path("Destination").asText(),
                    volume ? name : mount.path("Source").asText(),
                    switch (mount.path("Type").asText()) {
                        case "volume" ->
                            mount.path("Driver").asText().equals(beside.driver())
                                    ? Storage.Kind.OURS
                                    : name.isEmpty() || name.matches("[0-9a-f]{64}")
                                            ? Storage.Kind.ANONYMOUS
                                            : Storage.Kind.NAMED;
                        case "bind" -> Storage.Kind.BIND;
                        default -> Storage.Kind.PRIVATE;
                    },
                    mount.path("RW").asBoolean(true)));
        }
        return storage;
    }

    private List<String> devices() {
        var devices = new ArrayList<String>();
        host.path("Devices")
                .forEach(device -> devices.add(device.path("PathOnHost").asText()));
        host.path("DeviceRequests")
                .forEach(request -> devices.add(request.path("Driver").asText("of a driver")));
        return devices;
    }

    private List<Trait> traits() {
        var traits = new ArrayList<Trait>();
        if (host.path("AutoRemove").asBoolean()) {
            traits.add(Trait.REMOVED_WHEN_STOPPED);
        }
        if (!host.path("Links").isEmpty()) {
            traits.add(Trait.LINKED);
        }
        if (config.path("Labels").has(SWARM)) {
            traits.add(Trait.SWARM);
        }
        return traits;
    }
}
