package io.dso.transport;

import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.DescribeResponse;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.FetchResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;

/** Answers who asked, and gives back what it was given. */
final class EchoService implements ProviderGrpc.AsyncService {
    static ServerServiceDefinition bound() {
        return ProviderGrpc.bindService(new EchoService());
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<DescribeResponse> answer) {
        answer.onNext(DescribeResponse.newBuilder()
                .setName(String.valueOf(Peer.CONTEXT.get()))
                .build());
        answer.onCompleted();
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> answer) {
        answer.onNext(
                FetchResponse.newBuilder().setVersion(request.getVersion()).build());
        answer.onCompleted();
    }
}
