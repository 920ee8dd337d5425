package io.dso.provider.tck;

import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.DescribeResponse;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.ProviderGrpc;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Who it is, how it answers what it doesn't know, and whether it tries its store. */
final class DescribeChecks {
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    static final List<Check> ALL = List.of(
            new Check("describe", "Describe names the kind of store and the provider's version", DescribeChecks::names),
            new Check("describe-same", "Describe says the same each time", DescribeChecks::same),
            new Check("describe-at-once", "Describe is answered at once", DescribeChecks::atOnce),
            new Check("unknown-field", "fields that it doesn't know are ignored", DescribeChecks::unknownField),
            new Check("unknown-call", "a call that it doesn't know is UNIMPLEMENTED", DescribeChecks::unknownCall),
            new Check("check", "Check works, or says what is wrong", DescribeChecks::check));

    private DescribeChecks() {}

    private static void names(Bench bench) throws IOException, InterruptedException {
        var described = bench.provider().describe();
        var name = described.getName();
        Nonconformity.unless(!name.isBlank(), "the name is empty");
        Nonconformity.unless(name.length() <= 64, "the name has " + name.length() + " characters, the most is 64");
        Nonconformity.unless(!described.getVersion().isBlank(), "the version is empty");
    }

    private static void same(Bench bench) throws IOException, InterruptedException {
        DescribeResponse first = bench.provider().describe();
        for (int i = 0; i < 5; i++) {
            Nonconformity.unless(bench.provider().describe().equals(first), "it says different things");
        }
    }

    /** The best of some: a machine with too much to do isn't the provider's fault. */
    private static void atOnce(Bench bench) throws IOException, InterruptedException {
        var provider = bench.provider();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long began = System.nanoTime();
            provider.describe();
            best = Math.min(best, System.nanoTime() - began);
        }
        Nonconformity.unless(
                best <= AT_ONCE.toNanos(),
                "it takes " + TimeUnit.NANOSECONDS.toMillis(best) + " ms, the most is " + AT_ONCE.toMillis());
    }

    private static void unknownField(Bench bench) throws IOException, InterruptedException {
        var unknown = UnknownFieldSet.newBuilder()
                .addField(1999, Field.newBuilder().addVarint(7).build())
                .build();
        var calls = bench.provider().calls();
        calls.describe(DescribeRequest.newBuilder().setUnknownFields(unknown).build());
        var response = calls.getVersions(GetVersionsRequest.newBuilder()
                .addRefs(Bench.missing(1))
                .setUnknownFields(unknown)
                .build());
        Nonconformity.unless(response.getResultsCount() == 1, "GetVersions with one gives another number of results");
    }

    private static void unknownCall(Bench bench) throws IOException, InterruptedException {
        var channel = bench.provider().channel().grpc();
        long patience = bench.patience().call().toMillis();
        var later = ProviderGrpc.getDescribeMethod().toBuilder()
                .setFullMethodName("dso.provider.v1.Provider/AddedLater")
                .build();
        var options = CallOptions.DEFAULT.withDeadlineAfter(patience, TimeUnit.MILLISECONDS);
        Answers.mustBe(
                Set.of(Status.Code.UNIMPLEMENTED),
                "a call that v1 doesn't have yet",
                () -> ClientCalls.blockingUnaryCall(channel, later, options, DescribeRequest.getDefaultInstance()));
    }

    private static void check(Bench bench) throws IOException, InterruptedException {
        var calls = bench.provider().calls();
        if (bench.subject().refs().isEmpty()) {
            Answers.mustBeTyped("Check", () -> calls.check(CheckRequest.getDefaultInstance()));
        } else {
            Answers.mustBe(
                    Set.of(Status.Code.OK),
                    "Check, on a store whose secrets can be read,",
                    () -> calls.check(CheckRequest.getDefaultInstance()));
        }
    }
}
