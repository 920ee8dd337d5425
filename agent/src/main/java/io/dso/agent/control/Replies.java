package io.dso.agent.control;

import com.google.protobuf.Timestamp;
import io.dso.agent.health.Check;
import io.dso.agent.health.Vitals;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.reconcile.Preview;
import io.dso.agent.record.Happening;
import io.dso.agent.rotate.Rotation;
import io.dso.control.Refusals;
import io.dso.control.v1.Event;
import io.dso.control.v1.GetHealthResponse;
import io.dso.control.v1.PlanStep;
import io.dso.control.v1.Problem;
import io.dso.control.v1.RotationResult;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What others know, as messages. */
final class Replies {
    private Replies() {}

    static RotationResult result(Rotation.End end) {
        var job = end.job();
        var result = RotationResult.newBuilder()
                .setBundle(job.bundle())
                .setContainerId(job.container())
                .setContainerName(job.name())
                .setFromVersion(job.from().number())
                .setToVersion(job.to().number());
        return switch (end) {
            case Rotation.Done _ -> result.build();
            case Rotation.RolledBack(var _, var why) ->
                result.setRolledBack(true).setReason(why).build();
            case Rotation.Postponed(var _, var why) ->
                result.setPostponed(true).setReason(why).build();
            case Rotation.Gone _ -> result.setReason("the container is gone").build();
        };
    }

    /** {@code 2 rotated, 1 taken back}, for the audit. */
    static String outcome(List<Rotation.End> ends) {
        var counts = ends.stream().collect(Collectors.groupingBy(Replies::word, TreeMap::new, Collectors.counting()));
        return counts.isEmpty()
                ? "nothing to do"
                : counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static String word(Rotation.End end) {
        return switch (end) {
            case Rotation.Done _ -> "rotated";
            case Rotation.RolledBack _ -> "taken back";
            case Rotation.Postponed _ -> "not yet";
            case Rotation.Gone _ -> "gone";
        };
    }

    static List<PlanStep> steps(Preview preview) {
        return preview.steps().stream()
                .map(step -> step(preview.bundle(), step))
                .toList();
    }

    private static PlanStep step(String bundle, Preview.Step step) {
        var mount = step.mount();
        var message = PlanStep.newBuilder()
                .setBundle(bundle)
                .setContainerId(mount.container())
                .setContainerName(mount.name())
                .setFromVersion(mount.version().number())
                .setToVersion(mount.version().number())
                .setReason(step.why());
        return switch (step) {
            case Preview.Step.Rotates rotates ->
                message.setAction(PlanStep.Action.ACTION_ROTATE)
                        .setToVersion(rotates.to().number())
                        .setStrategy(rotates.policy().strategy().word())
                        .build();
            case Preview.Step.Stays _ ->
                message.setAction(PlanStep.Action.ACTION_STAY).build();
        };
    }

    static Event event(Happening happening) {
        return Event.newBuilder()
                .setAt(timestamp(happening.at()))
                .setType(happening.type())
                .putAllAttributes(happening.attributes())
                .build();
    }

    static Problem problem(io.dso.agent.problem.Problem problem) {
        return Problem.newBuilder()
                .setId(problem.id().code())
                .setWhat(problem.what())
                .setWhere(problem.where())
                .setFix(problem.fix())
                .build();
    }

    /** A refusal that says what is wrong, where, and how to mend it. */
    static StatusRuntimeException refusal(io.dso.agent.problem.Problem problem) {
        return Refusals.of(code(problem.id()), problem(problem));
    }

    private static Status.Code code(ProblemId id) {
        return switch (id) {
            case BUNDLE_UNKNOWN, VERSION_UNKNOWN -> Status.Code.NOT_FOUND;
            case STRATEGY_UNUSABLE -> Status.Code.INVALID_ARGUMENT;
            case CALLER_UNKNOWN -> Status.Code.PERMISSION_DENIED;
            default -> Status.Code.FAILED_PRECONDITION;
        };
    }

    static GetHealthResponse health(Vitals vitals) {
        var checks = vitals.readiness();
        var response = GetHealthResponse.newBuilder()
                .setLive(true)
                .setStarted(vitals.started())
                .setReady(vitals.started() && checks.stream().allMatch(Check::up));
        checks.forEach(check -> response.addChecks(GetHealthResponse.Check.newBuilder()
                .setName(check.name())
                .setUp(check.up())
                .setReason(check.reason())));
        return response.build();
    }

    static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }
}
