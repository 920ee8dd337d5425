package io.dso.agent.rotate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Rolling.Twin;
import io.dso.agent.rotate.Rotation.Change;
import io.dso.agent.rotate.Rotation.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;

/** Writes rotations that are under way, one a container. */
public final class RotationCodec implements Section.Codec<Rotation> {
    @Override
    public String key(Rotation rotation) {
        return rotation.job().container();
    }

    @Override
    public void write(Rotation rotation, ObjectNode to) {
        if (rotation instanceof Rotation.End end) {
            throw new IllegalArgumentException("an end is not kept: " + end);
        }
        to.put("state", rotation.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        switch (rotation) {
            case Rotation.Applying(var _, var startedAt) -> to.put("startedAt", startedAt);
            case Rotation.Telling(var _, var startedAt) -> to.put("startedAt", startedAt);
            case Rotation.Proving(var _, var startedAt, var since) ->
                to.put("startedAt", startedAt).put("since", since.toString());
            case Rotation.Reverting(var _, var reason) -> write(reason, to);
            case Rotation.Reapplying(var _, var reason) -> write(reason, to);
            case Rolling.Gating(var _, var _, var startedAt) -> to.put("startedAt", startedAt);
            case Rolling.Restoring(var _, var _, var reason) -> write(reason, to);
            case Rolling.Discarding(var _, var _, var reason) -> write(reason, to);
            case Rotation.Choosing _, Rotation.Switching _, Rotation.End _, Rolling _ -> {}
        }
        if (rotation instanceof Rolling.Paired paired) {
            to.putObject("twin")
                    .put("container", paired.twin().container())
                    .put("name", paired.twin().name())
                    .put("since", paired.twin().since().toString());
        }
        write(rotation.job(), to);
    }

    private static void write(Reason reason, ObjectNode to) {
        to.put("reason", reason.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .put("why", reason.why());
    }

    private static void write(Job job, ObjectNode to) {
        to.put("container", job.container());
        to.put("name", job.name());
        var changes = to.putArray("changes");
        for (var change : job.changes()) {
            var node = changes.addObject();
            Journal.mount(change.mount(), node.putObject("mount"));
            Journal.version(change.to(), node.putObject("to"));
        }
        var policy = job.policy();
        to.put("strategy", policy.strategy().name());
        to.put("signal", policy.signal());
        to.put("hookTimeout", policy.hook().timeout().toString());
        policy.hook().command().forEach(to.putArray("hook")::add);
        to.put("settle", policy.settle().toString());
        to.put("healthTimeout", policy.healthTimeout().toString());
        to.put("maxParallel", policy.batch().maxParallel());
        to.put("onFailure", policy.batch().onFailure().name());
    }

    @Override
    public Rotation read(JsonNode from) {
        var job = job(from);
        var startedAt = from.path("startedAt").asText();
        return switch (from.path("state").asText()) {
            case "choosing" -> new Rotation.Choosing(job);
            case "switching" -> new Rotation.Switching(job);
            case "applying" -> new Rotation.Applying(job, startedAt);
            case "telling" -> new Rotation.Telling(job, startedAt);
            case "proving" -> new Rotation.Proving(job, startedAt, instant(from));
            case "reverting" -> new Rotation.Reverting(job, reason(from));
            case "reapplying" -> new Rotation.Reapplying(job, reason(from));
            case "cloning" -> new Rolling.Cloning(job);
            case "launching" -> new Rolling.Launching(job, twin(from));
            case "gating" -> new Rolling.Gating(job, twin(from), startedAt);
            case "joining" -> new Rolling.Joining(job, twin(from));
            case "swapping" -> new Rolling.Swapping(job, twin(from));
            case "draining" -> new Rolling.Draining(job, twin(from));
            case "clearing" -> new Rolling.Clearing(job, twin(from));
            case "restoring" -> new Rolling.Restoring(job, twin(from), reason(from));
            case "discarding" -> new Rolling.Discarding(job, twin(from), reason(from));
            default -> throw new IllegalArgumentException("no state " + from.path("state"));
        };
    }

    private static Instant instant(JsonNode from) {
        return Instant.parse(from.path("since").asText());
    }

    private static Twin twin(JsonNode from) {
        var twin = from.path("twin");
        return new Twin(twin.path("container").asText(), twin.path("name").asText(), instant(twin));
    }

    private static Reason reason(JsonNode from) {
        var why = from.path("why").asText();
        return switch (from.path("reason").asText()) {
            case "bad" -> new Reason.Bad(why);
            case "untried" -> new Reason.Untried(why);
            case "unwanted" -> new Reason.Unwanted(why);
            default -> throw new IllegalArgumentException("no reason " + from.path("reason"));
        };
    }

    private static Job job(JsonNode from) {
        var changes = new ArrayList<Change>();
        from.path("changes")
                .forEach(node ->
                        changes.add(new Change(Journal.mount(node.path("mount")), Journal.version(node.path("to")))));
        return new Job(from.path("container").asText(), from.path("name").asText(), changes, policy(from));
    }

    private static ReloadPolicy policy(JsonNode from) {
        var command = new ArrayList<String>();
        from.path("hook").forEach(word -> command.add(word.asText()));
        return new ReloadPolicy(
                ReloadPolicy.Strategy.valueOf(from.path("strategy").asText()),
                from.path("signal").asText(),
                new ReloadPolicy.Hook(
                        command, Duration.parse(from.path("hookTimeout").asText())),
                Duration.parse(from.path("settle").asText()),
                Duration.parse(from.path("healthTimeout").asText()),
                new ReloadPolicy.Batch(
                        from.path("maxParallel").asInt(),
                        ReloadPolicy.OnFailure.valueOf(from.path("onFailure").asText())));
    }
}
