package io.dso.e2e;

import com.google.protobuf.ByteString;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.CheckResponse;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.DescribeResponse;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.FetchResponse;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.GetVersionsResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.VersionResult;
import io.dso.transport.Peer;
import io.dso.transport.UnixServer;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A provider that behaves until a secret is fetched whose path names a fault. It serves behind a {@link FaultyLine}, which
 * can spoil what gRPC wouldn't send.
 */
final class FaultyProvider implements ProviderGrpc.AsyncService {
    static final String VALUE = "of the faulty provider";

    private static final int HUGE = 10 << 20;

    private final FaultyLine line;
    private final List<byte[]> hoard = new ArrayList<>();

    private FaultyProvider(FaultyLine line) {
        this.line = line;
    }

    public static void main(String... arguments) throws Exception {
        var options = List.of(arguments);
        var socket = Path.of(options.get(options.indexOf("--socket") + 1));
        var inner = Path.of(socket + ".inner");
        int self = Peer.self().uid();
        var line = new FaultyLine(socket, inner);
        var service = new FaultyProvider(line);
        UnixServer.start(
                new UnixServer.Address(inner, "rw-------", peer -> peer.uid() == self), List.of(service.definition()));
        line.start();
        while (System.in.read() >= 0) {
            // until the agent is gone or wants it to go
        }
        System.exit(0);
    }

    /** The contract's service, but for Fetch, whose answer can be any bytes. */
    private ServerServiceDefinition definition() {
        var whole = ProviderGrpc.bindService(this);
        var definition = ServerServiceDefinition.builder(ProviderGrpc.SERVICE_NAME);
        var fetch = ProviderGrpc.getFetchMethod();
        whole.getMethods().stream()
                .filter(method ->
                        !method.getMethodDescriptor().getFullMethodName().equals(fetch.getFullMethodName()))
                .forEach(definition::addMethod);
        definition.addMethod(
                MethodDescriptor.<FetchRequest, byte[]>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(fetch.getFullMethodName())
                        .setRequestMarshaller(fetch.getRequestMarshaller())
                        .setResponseMarshaller(new Raw())
                        .build(),
                ServerCalls.asyncUnaryCall(this::fetchRaw));
        return definition.build();
    }

    private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream in) {
            throw new UnsupportedOperationException("only sent");
        }
    }

    private static <T> void answer(StreamObserver<T> caller, T message) {
        caller.onNext(message);
        caller.onCompleted();
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<DescribeResponse> caller) {
        answer(
                caller,
                DescribeResponse.newBuilder().setName("faulty").setVersion("1").build());
    }

    @Override
    public void getVersions(GetVersionsRequest request, StreamObserver<GetVersionsResponse> caller) {
        var response = GetVersionsResponse.newBuilder();
        request.getRefsList()
                .forEach(_ -> response.addResults(VersionResult.newBuilder().setVersion("1")));
        answer(caller, response.build());
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> caller) {
        answer(caller, CheckResponse.getDefaultInstance());
    }

    private void fetchRaw(FetchRequest request, StreamObserver<byte[]> caller) {
        byte[] answer = FetchResponse.newBuilder()
                .setVersion("1")
                .setValue(ByteString.copyFrom(VALUE, StandardCharsets.UTF_8))
                .build()
                .toByteArray();
        switch (request.getRef().getPath()) {
            case "crash" -> Runtime.getRuntime().halt(3);
            case "hang" -> line.spoil(FaultyLine.Quality.SILENT);
            case "out-of-memory" -> {
                while (true) {
                    hoard.add(new byte[1 << 20]); // until the JVM ends itself
                }
            }
            case "garbage" -> line.spoil(FaultyLine.Quality.GARBAGE);
            case "huge" -> answer = new byte[HUGE];
            case "slow" -> line.spoil(FaultyLine.Quality.TRICKLE);
            default -> {}
        }
        answer(caller, answer);
    }
}
