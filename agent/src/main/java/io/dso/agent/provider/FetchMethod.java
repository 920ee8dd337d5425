package io.dso.agent.provider;

import com.google.protobuf.CodedInputStream;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.FetchResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The contract's Fetch, read without leaving copies of the value in this process's heap: protobuf's own reader keeps
 * the message in a buffer of its own and the value in a ByteString, neither of which can be wiped. What stays, until it
 * is used for something else, is the copy in Netty's pooled direct buffer, and the kernel's.
 */
final class FetchMethod {
    static final MethodDescriptor<FetchRequest, Fetched> CALL = ProviderGrpc.getFetchMethod().toBuilder(
                    ProviderGrpc.getFetchMethod().getRequestMarshaller(), new Reader())
            .build();

    private static final int VALUE = FetchResponse.VALUE_FIELD_NUMBER << 3 | 2;
    private static final int VERSION = FetchResponse.VERSION_FIELD_NUMBER << 3 | 2;

    /** The answer. Not a record: records print and compare what they hold. Whoever gets it owns the array. */
    static final class Fetched {
        final byte[] value;
        final String version;

        Fetched(byte[] value, String version) {
            this.value = value;
            this.version = version;
        }
    }

    private static final class Reader implements MethodDescriptor.Marshaller<Fetched> {
        @Override
        public InputStream stream(Fetched fetched) {
            return new ByteArrayInputStream(new byte[0]); // only servers send these
        }

        @Override
        public Fetched parse(InputStream stream) {
            byte[] message = {};
            try {
                message = new byte[stream.available()]; // gRPC's streams know their whole length
                if (stream.readNBytes(message, 0, message.length) != message.length || stream.read() != -1) {
                    throw new IOException("the message's length is wrong");
                }
                return read(CodedInputStream.newInstance(message));
            } catch (IOException e) {
                throw Status.INTERNAL
                        .withDescription("the answer can't be read")
                        .asRuntimeException(); // without the cause, which could quote
            } finally {
                Arrays.fill(message, (byte) 0);
            }
        }

        private static Fetched read(CodedInputStream in) throws IOException {
            byte[] value = {};
            var version = "";
            try {
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    switch (tag) {
                        case VALUE -> {
                            Arrays.fill(value, (byte) 0);
                            value = in.readByteArray();
                        }
                        case VERSION -> version = in.readStringRequireUtf8();
                        default -> in.skipField(tag);
                    }
                }
                return new Fetched(value, version);
            } catch (IOException e) {
                Arrays.fill(value, (byte) 0);
                throw e;
            }
        }
    }

    private FetchMethod() {}
}
