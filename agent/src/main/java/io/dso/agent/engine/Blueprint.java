package io.dso.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.Setup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A container as the engine describes it, whole: what this program has no name for goes into a copy as well. A tree and not
 * types, which lose what they don't know.
 *
 * <ol>
 *   <li>what the engine made up stays out of a copy: host name, name, addresses, IDs
 *   <li>volumes without a name of the user's are carried by the engine's name for them
 *   <li>an entry point that was taken away stays away: the image's would come back
 *   <li>a network is joined without aliases first, so that nobody is sent to a copy before it is proved
 * </ol>
 */
public final class Blueprint {
    private static final int SHORT_ID = 12;
    private static final Set<String> WITHOUT_DNS = Set.of("bridge", "host", "none");

    private final JsonNode seen;
    private final Setup setup;

    private Blueprint(JsonNode seen, Setup setup) {
        this.seen = seen;
        this.setup = setup;
    }

    /**
     * Reads what the engine says of a container.
     *
     * @param seen the whole answer to an inspect
     * @param beside what only other calls tell
     */
    static Blueprint of(JsonNode seen, Beside beside) {
        return new Blueprint(seen, new SetupReader(seen, beside).setup());
    }

    /**
     * What an inspect doesn't tell.
     *
     * @param imageNow the ID of the image that the container's reference names now; empty if none
     * @param dependents names of containers joined to this one's network
     * @param mac a hardware address that was asked for; empty if none
     * @param driver the name of our volume driver
     */
    record Beside(String imageNow, List<String> dependents, String mac, String driver) {}

    public String id() {
        return seen.path("Id").asText();
    }

    /** Without the leading slash. */
    public String name() {
        return setup.name();
    }

    /** {@code sha256:…} */
    public String image() {
        return seen.path("Image").asText();
    }

    public boolean running() {
        return seen.path("State").path("Running").asBoolean()
                && !seen.path("State").path("Restarting").asBoolean();
    }

    /** True if a process of it ran once. */
    public boolean ran() {
        var started = seen.path("State").path("StartedAt").asText();
        return !started.isEmpty() && !started.startsWith("0001-");
    }

    /** What matters to a second one beside it. */
    public Setup setup() {
        return setup;
    }

    /** Its networks, by name. */
    public Map<String, Attachment> networks() {
        var networks = new TreeMap<String, Attachment>();
        seen.path("NetworkSettings")
                .path("Networks")
                .properties()
                .forEach(entry -> networks.put(entry.getKey(), attachment(entry.getKey(), entry.getValue())));
        return networks;
    }

    /**
     * How a container is in a network.
     *
     * @param network its name
     * @param aliases further names it has there, by the user
     * @param settings the engine's words for all that the user chose, but the aliases
     */
    public record Attachment(String network, List<String> aliases, JsonNode settings) {
        public Attachment {
            aliases = List.copyOf(aliases);
        }

        /** The same without further names. */
        public Attachment quiet() {
            return new Attachment(network, List.of(), settings);
        }

        ObjectNode json() {
            var json = settings.<ObjectNode>deepCopy();
            aliases.forEach(json.putArray("Aliases")::add);
            return json;
        }
    }

    private Attachment attachment(String network, JsonNode endpoint) {
        var aliases = new ArrayList<String>();
        endpoint.path("Aliases").forEach(alias -> {
            if (!alias.asText().equals(id().substring(0, Math.min(SHORT_ID, id().length())))) { // 1
                aliases.add(alias.asText());
            }
        });
        var settings = JsonNodeFactory.instance.objectNode();
        for (var chosen : List.of("IPAMConfig", "Links", "DriverOpts", "GwPriority")) {
            if (!endpoint.path(chosen).isMissingNode() && !endpoint.path(chosen).isNull()) {
                settings.set(chosen, endpoint.path(chosen));
            }
        }
        return new Attachment(network, aliases, settings);
    }

    /** The networks that a copy has to join after it was made: engines before API 1.44 take only one at first. */
    public List<Attachment> furtherNetworks() {
        return networks().values().stream()
                .filter(attachment -> !attachment.network().equals(first()))
                .toList();
    }

    /** Whether the engine's DNS knows it: in every network but those that the engine made itself. */
    public boolean foundByName() {
        return !WITHOUT_DNS.containsAll(networks().keySet());
    }

    /** The network that the engine calls the container's mode; {@code default} is another word for the bridge. */
    private String first() {
        return setup.network().equals("default") ? "bridge" : setup.network();
    }

    /** The body of a request for a copy. */
    ObjectNode copy(Map<String, String> labels) {
        var config = seen.path("Config").<ObjectNode>deepCopy();
        if (setup.hostname().isEmpty()) {
            config.remove("Hostname"); // 1
        }
        if (config.path("Entrypoint").isNull() || config.path("Entrypoint").isEmpty()) {
            config.putArray("Entrypoint").add(""); // 3
        }
        labels.forEach(config.withObjectProperty("Labels")::put);
        config.set("HostConfig", host());
        var first = networks().get(first());
        if (first != null) {
            config.putObject("NetworkingConfig")
                    .putObject("EndpointsConfig")
                    .set(first(), first.quiet().json()); // 4
        }
        return config;
    }

    private ObjectNode host() {
        var host = seen.path("HostConfig").<ObjectNode>deepCopy();
        var named = places(host);
        var mounts = host.path("Mounts").isArray() ? (ArrayNode) host.path("Mounts") : host.putArray("Mounts");
        for (var mount : seen.path("Mounts")) { // 2
            var place = mount.path("Destination").asText();
            if (mount.path("Type").asText().equals("volume") && !named.contains(place) && isOwn(place, mounts)) {
                name(mounts, mount);
            }
        }
        return host;
    }

    /** A volume of the container itself, and not one that it has {@code --volumes-from} another. */
    private boolean isOwn(String place, ArrayNode mounts) {
        return seen.path("Config")
                        .path("Volumes")
                        .propertyStream()
                        .anyMatch(own -> clean(own.getKey()).equals(place))
                || mounts.valueStream()
                        .anyMatch(mount -> mount.path("Target").asText().equals(place));
    }

    private static void name(ArrayNode mounts, JsonNode volume) {
        var place = volume.path("Destination").asText();
        for (var mount : mounts) {
            if (mount.path("Target").asText().equals(place)) {
                ((ObjectNode) mount).put("Source", volume.path("Name").asText());
                return;
            }
        }
        mounts.addObject()
                .put("Type", "volume")
                .put("Source", volume.path("Name").asText())
                .put("Target", place)
                .put("ReadOnly", !volume.path("RW").asBoolean(true))
                .putObject("VolumeOptions")
                .put("NoCopy", true);
    }

    /** Where something is mounted that has a name already. */
    private static Set<String> places(JsonNode host) {
        var places = new HashSet<String>();
        for (var bind : host.path("Binds")) {
            var parts = bind.asText().split(":", -1);
            if (parts.length > 1) {
                places.add(parts[1]);
            }
        }
        for (var mount : host.path("Mounts")) {
            if (!mount.path("Source").asText().isEmpty()) {
                places.add(mount.path("Target").asText());
            }
        }
        return places.stream().map(Blueprint::clean).collect(Collectors.toSet());
    }

    /** As the engine writes a place in its list of mounts. */
    static String clean(String place) {
        return java.nio.file.Path.of(place).normalize().toString();
    }
}
