package io.dso.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;

/** What {@code dso status --output json} says of one bundle. */
record Status(long version, String state, String reason, List<Mount> mounts) {

    /** A container in it; {@code badVersion} is 0 if none was taken back, {@code why} says why {@code auto} restarted it. */
    record Mount(String container, long version, long badVersion, String reason, String why) {}

    static Status of(Agent agent, String bundle) {
        var all = agent.json("status", bundle).path("bundles");
        return StreamSupport.stream(all.spliterator(), false)
                .filter(node -> node.path("name").asText().equals(bundle))
                .findFirst()
                .map(Status::read)
                .orElseThrow(() -> new AssertionError("no bundle " + bundle + " in " + all));
    }

    private static Status read(JsonNode bundle) {
        var mounts = StreamSupport.stream(bundle.path("mounts").spliterator(), false)
                .map(mount -> new Mount(
                        mount.path("containerName").asText(),
                        mount.path("version").asLong(),
                        mount.path("badVersion").asLong(),
                        mount.path("reason").asText(),
                        mount.path("why").asText()))
                .toList();
        return new Status(
                bundle.path("version").asLong(),
                bundle.path("state").asText(),
                bundle.path("reason").asText(),
                mounts);
    }

    Mount of(Container container) {
        var name = container.name();
        return mounts.stream()
                .filter(mount -> mount.container().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no container " + name + " in " + mounts));
    }
}
