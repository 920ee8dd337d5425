package io.dso.provider.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import io.dso.provider.v1.DescribeRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The version rule: within v1 everything that was ever released stays as it is; what is added is frozen with it. */
class FrozenContractTest {
    private static final FileDescriptorProto NOW =
            DescribeRequest.getDescriptor().getFile().toProto();

    @Test
    void nothing_that_was_in_v1_is_gone_or_different() throws IOException {
        assertThat(lines(NOW))
                .as("removed or changed: make it dso.provider.v2 instead")
                .containsAll(frozen());
    }

    @Test
    void what_is_added_is_frozen_too() throws IOException {
        assertThat(frozen()).as("added: append it to frozen-v1.txt").containsAll(lines(NOW));
    }

    @Test
    void a_removed_field_a_changed_number_type_or_stream_and_a_removed_call_are_found_out() throws IOException {
        var changed = NOW.toBuilder();
        changed.getMessageTypeBuilder(index("FetchResponse")).getFieldBuilder(0).setNumber(7);
        assertThat(missing(changed.build())).containsExactly("message FetchResponse: 1 value bytes");

        changed = NOW.toBuilder();
        changed.getMessageTypeBuilder(index("FetchResponse")).removeField(1);
        assertThat(missing(changed.build())).containsExactly("message FetchResponse: 2 version string");

        changed = NOW.toBuilder();
        changed.getMessageTypeBuilder(index("FetchResponse"))
                .getFieldBuilder(0)
                .setType(FieldDescriptorProto.Type.TYPE_STRING);
        assertThat(missing(changed.build())).containsExactly("message FetchResponse: 1 value bytes");

        changed = NOW.toBuilder();
        changed.getServiceBuilder(0).getMethodBuilder(3).setServerStreaming(false);
        assertThat(missing(changed.build()))
                .containsExactly("service Provider: Watch(WatchRequest) returns stream WatchResponse");

        changed = NOW.toBuilder();
        changed.getServiceBuilder(0).removeMethod(4);
        assertThat(missing(changed.build()))
                .containsExactly("service Provider: Check(CheckRequest) returns CheckResponse");
    }

    private static int index(String message) {
        return NOW.getMessageTypeList().stream()
                .map(DescriptorProto::getName)
                .toList()
                .indexOf(message);
    }

    private static List<String> missing(FileDescriptorProto file) throws IOException {
        var missing = new ArrayList<>(frozen());
        missing.removeAll(lines(file));
        return missing;
    }

    private static List<String> frozen() throws IOException {
        try (var in = Objects.requireNonNull(FrozenContractTest.class.getResourceAsStream("frozen-v1.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    /** Everything that two processes have to agree on, a line each. */
    private static List<String> lines(FileDescriptorProto file) {
        var lines = new ArrayList<String>();
        lines.add("package " + file.getPackage());
        file.getServiceList()
                .forEach(service -> service.getMethodList()
                        .forEach(method -> lines.add("service " + service.getName() + ": " + line(method))));
        file.getMessageTypeList().forEach(message -> add(message, "", lines));
        file.getEnumTypeList().forEach(type -> add(type, "", lines));
        return lines;
    }

    private static String line(MethodDescriptorProto method) {
        return method.getName() + "(" + (method.getClientStreaming() ? "stream " : "") + type(method.getInputType())
                + ") returns " + (method.getServerStreaming() ? "stream " : "") + type(method.getOutputType());
    }

    private static void add(DescriptorProto message, String around, List<String> lines) {
        var name = around + message.getName();
        lines.add("message " + name);
        for (var field : message.getFieldList()) {
            var repeated = field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED ? "repeated " : "";
            var oneof = field.hasOneofIndex()
                    ? " oneof " + message.getOneofDecl(field.getOneofIndex()).getName()
                    : "";
            lines.add("message " + name + ": " + field.getNumber() + " " + field.getName() + " " + repeated
                    + type(field) + oneof);
        }
        message.getNestedTypeList().forEach(nested -> add(nested, name + ".", lines));
        message.getEnumTypeList().forEach(nested -> add(nested, name + ".", lines));
    }

    private static void add(EnumDescriptorProto type, String around, List<String> lines) {
        type.getValueList()
                .forEach(value -> lines.add(
                        "enum " + around + type.getName() + ": " + value.getNumber() + " " + value.getName()));
    }

    private static String type(FieldDescriptorProto field) {
        return field.getTypeName().isEmpty()
                ? field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT)
                : type(field.getTypeName());
    }

    private static String type(String qualified) {
        return qualified.replaceFirst("^\\.dso\\.provider\\.v1\\.", "");
    }
}
