package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that a lane has on its engine, but for IDs and versions: what has to be there after a rotation as it was before.
 *
 * @param containers names and states
 * @param aliases of the container under the lane's name
 * @param volumes its driver's, and those with its label: the ones without a name
 * @param networks with its label
 * @param joined who is in its network
 * @param directories how many mounts have one
 * @param kept what the volume without a name holds
 */
record Remains(
        List<String> containers,
        List<String> aliases,
        List<String> volumes,
        List<String> networks,
        List<String> joined,
        long directories,
        String kept) {
    /** A file in the volume without a name. */
    static final String KEPT = "/anonymous/kept";

    static final String LABEL = "dso.lane";

    static Remains of(Engine engine, String lane, String network, Path runDirectory) throws IOException {
        var web = new Container(engine, lane);
        try (var mounts = Files.list(runDirectory.resolve("volumes").resolve(lane))) {
            return new Remains(
                    containers(engine, lane)
                            .map(one -> one.at("/Names/0").asText() + " "
                                    + one.get("State").asText())
                            .toList(),
                    texts(parse(engine, "/containers/" + lane + "/json")
                                    .at("/NetworkSettings/Networks/" + network + "/Aliases"))
                            .filter(alias -> !alias.matches("[0-9a-f]{12}")) // the ID, which 20.10 adds
                            .toList(),
                    Stream.concat(
                                    volumes(engine, "{\"driver\":[\"%s\"]}".formatted(lane)),
                                    volumes(
                                            engine,
                                            "{\"driver\":[\"local\"],\"label\":[\"%s=%s\"]}".formatted(LABEL, lane)))
                            .sorted()
                            .toList(),
                    parse(engine, "/networks?filters=" + labelled(lane))
                            .valueStream()
                            .map(one -> one.get("Name").asText())
                            .toList(),
                    parse(engine, "/networks/" + network)
                            .get("Containers")
                            .valueStream()
                            .map(one -> one.get("Name").asText())
                            .toList(),
                    mounts.count(),
                    new String(web.file(KEPT), UTF_8));
        }
    }

    /** All containers of a lane, as the engine lists them. */
    static Stream<JsonNode> containers(Engine engine, String lane) {
        return parse(engine, "/containers/json?all=1&filters=" + labelled(lane)).valueStream();
    }

    /** By more than the label: all drivers would be asked, and other lanes' agents may be dead just now. */
    private static Stream<String> volumes(Engine engine, String filter) {
        return parse(engine, "/volumes?filters=" + encoded(filter))
                .path("Volumes")
                .valueStream()
                .map(one -> one.get("Name").asText());
    }

    private static Stream<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asText);
    }

    private static JsonNode parse(Engine engine, String path) {
        return Agent.parse(engine.get(path));
    }

    private static String encoded(String filter) {
        return URLEncoder.encode(filter, UTF_8);
    }

    private static String labelled(String lane) {
        return encoded("{\"label\":[\"%s=%s\"]}".formatted(LABEL, lane));
    }
}
