package io.dso.provider.tck;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.Set;

/** What calls that have to fail are answered with. */
final class Answers {
    /** The contract's. */
    private static final Set<Status.Code> TYPED = EnumSet.of(
            Status.Code.NOT_FOUND,
            Status.Code.PERMISSION_DENIED,
            Status.Code.UNAUTHENTICATED,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.UNAVAILABLE,
            Status.Code.INVALID_ARGUMENT);

    /** A call. */
    interface Call {
        void make();
    }

    private Answers() {}

    /** Fails unless the call is answered with one of these. */
    static void mustBe(Set<Status.Code> expected, String what, Call call) {
        var code = code(call);
        Nonconformity.unless(expected.contains(code), what + " is answered with " + code + ", not " + text(expected));
    }

    static void mustBeInvalid(String what, Call call) {
        mustBe(Set.of(Status.Code.INVALID_ARGUMENT), what, call);
    }

    /** Fails unless the call works, or ends with one of the contract's errors and a reason. */
    static void mustBeTyped(String what, Call call) {
        try {
            call.make();
        } catch (StatusRuntimeException e) {
            var code = e.getStatus().getCode();
            Nonconformity.unless(TYPED.contains(code), what + " is answered with " + code + ", not " + text(TYPED));
            var reason = e.getStatus().getDescription();
            Nonconformity.unless(reason != null && !reason.isBlank(), what + " is answered without a reason");
        }
    }

    static Status.Code code(Call call) {
        try {
            call.make();
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private static String text(Set<Status.Code> codes) {
        return String.join(" or ", codes.stream().map(Enum::name).sorted().toList());
    }
}
