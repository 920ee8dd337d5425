package io.dso.agent.engine;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dso.agent.engine.Blueprint.Attachment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Describes containers whole, and makes, joins, renames and removes copies of them. */
final class Copies {
    /** The last API that says which hardware address was asked for, if the engine's own doesn't. */
    private static final String WITH_MAC = "/v1.44";

    private final RawCalls looks;
    private final RawCalls orders;
    private final String driver;

    Copies(Connections looks, Connections orders, String driver) {
        this.looks = new RawCalls(looks);
        this.orders = new RawCalls(orders);
        this.driver = driver;
    }

    Blueprint describe(String container) throws IOException {
        var seen = looks.get("/containers/" + container + "/json");
        var image = looks.find("/images/%s/json"
                .formatted(RawCalls.escaped(seen.path("Config").path("Image").asText())));
        return Blueprint.of(
                seen,
                new Blueprint.Beside(
                        image.map(found -> found.path("Id").asText()).orElse(""),
                        dependents(seen.path("Id").asText()),
                        mac(
                                seen.path("Id").asText(),
                                seen.path("Config").path("MacAddress").asText("")),
                        driver));
    }

    private String mac(String container, String told) throws IOException {
        return told.isEmpty()
                ? looks.find(WITH_MAC + "/containers/" + container + "/json")
                        .map(older -> older.path("Config").path("MacAddress").asText(""))
                        .orElse("")
                : told;
    }

    private List<String> dependents(String container) throws IOException {
        var names = new ArrayList<String>();
        for (var other : looks.get("/containers/json?all=true")) {
            if (other.path("HostConfig").path("NetworkMode").asText().equals("container:" + container)) {
                names.add(other.path("Names").path(0).asText().replaceFirst("^/", ""));
            }
        }
        return names;
    }

    String create(String name, Blueprint model, Map<String, String> labels) throws IOException {
        return orders.post("/containers/create?name=" + RawCalls.escaped(name), model.copy(labels))
                .path("Id")
                .asText();
    }

    void connect(String container, Attachment attachment) throws IOException {
        var body = JsonNodeFactory.instance.objectNode().put("Container", container);
        body.set("EndpointConfig", attachment.json());
        orders.post("/networks/%s/connect".formatted(RawCalls.escaped(attachment.network())), body);
    }

    void disconnect(String container, String network) throws IOException {
        orders.post(
                "/networks/%s/disconnect".formatted(RawCalls.escaped(network)),
                JsonNodeFactory.instance.objectNode().put("Container", container));
    }

    void rename(String container, String name) throws IOException {
        orders.post("/containers/%s/rename?name=%s".formatted(container, RawCalls.escaped(name)));
    }

    void stop(String container) throws IOException {
        orders.post("/containers/%s/stop".formatted(container));
    }

    void remove(String container) throws IOException {
        orders.delete("/containers/" + container);
    }

    void discard(String container) throws IOException {
        orders.delete("/containers/%s?force=true".formatted(container));
    }
}
