package io.dso.agent.rotate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Rotation.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;

/** Writes rotations that are under way, one a container. */
public final class RotationCodec implements Section.Codec<Rotation> {

    /** What an older agent wrote down has no time: then every stop counts. */
    private static final String LONG_AGO = "1970-01-01T00:00:00Z";

    @Override
    public String key(Rotation rotation) {
        return rotation.job().container();
    }

    @Override
    public void write(Rotation rotation, ObjectNode to) {
        switch (rotation) {
            case Rotation.Switching _ -> to.put("state", "switching");
            case Rotation.Applying(var _, var startedAt) ->
                to.put("state", "applying").put("startedAt", startedAt);
            case Rotation.Telling(var _, var startedAt) ->
                to.put("state", "telling").put("startedAt", startedAt);
            case Rotation.Proving(var _, var startedAt, var since) ->
                to.put("state", "proving").put("startedAt", startedAt).put("since", since.toString());
            case Rotation.Reverting(var _, var why) ->
                to.put("state", "reverting").put("why", why);
            case Rotation.Reapplying(var _, var why) ->
                to.put("state", "reapplying").put("why", why);
            case Rotation.End end -> throw new IllegalArgumentException("an end is not kept: " + end);
        }
        var job = rotation.job();
        to.put("container", job.container());
        to.put("name", job.name());
        Journal.mount(job.mount(), to.putObject("mount"));
        Journal.version(job.to(), to.putObject("to"));
        var policy = job.policy();
        to.put("strategy", policy.strategy().name());
        to.put("signal", policy.signal());
        to.put("hookTimeout", policy.hook().timeout().toString());
        policy.hook().command().forEach(to.putArray("hook")::add);
        to.put("settle", policy.settle().toString());
        to.put("healthTimeout", policy.healthTimeout().toString());
    }

    @Override
    public Rotation read(JsonNode from) {
        Mounted mount = Journal.mount(from.path("mount"));
        var job = new Job(
                from.path("container").asText(),
                from.path("name").asText(),
                mount,
                Journal.version(from.path("to")),
                policy(from));
        return switch (from.path("state").asText()) {
            case "switching" -> new Rotation.Switching(job);
            case "applying" -> new Rotation.Applying(job, from.path("startedAt").asText());
            case "telling" -> new Rotation.Telling(job, from.path("startedAt").asText());
            case "proving" ->
                new Rotation.Proving(
                        job,
                        from.path("startedAt").asText(),
                        Instant.parse(from.path("since").asText(LONG_AGO)));
            case "reverting" -> new Rotation.Reverting(job, from.path("why").asText());
            case "reapplying" -> new Rotation.Reapplying(job, from.path("why").asText());
            default -> throw new IllegalArgumentException("no state " + from.path("state"));
        };
    }

    private static ReloadPolicy policy(JsonNode from) {
        var command = new ArrayList<String>();
        from.path("hook").forEach(word -> command.add(word.asText()));
        return new ReloadPolicy(
                ReloadPolicy.Strategy.valueOf(from.path("strategy").asText()),
                from.path("signal").asText(),
                new ReloadPolicy.Hook(
                        command, Duration.parse(from.path("hookTimeout").asText("PT10S"))),
                Duration.parse(from.path("settle").asText()),
                Duration.parse(from.path("healthTimeout").asText()));
    }
}
