package dotf.service.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON documents as they come: a document of any length needs no memory. */
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private Json() {}

  /** What fills an object or an array. */
  @FunctionalInterface
  interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  /**
   * One object and a final newline, for what the command line itself has to say.
   *
   * @param fields texts, numbers, truth values, lists of them; null stands for itself
   */
  public static byte[] document(Map<String, @Nullable Object> fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    document(
        bytes,
        json -> {
          for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
            json.writeFieldName(field.getKey());
            value(json, field.getValue());
          }
        });
    return bytes.toByteArray();
  }

  private static void value(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Boolean truth -> json.writeBoolean(truth);
      case Number number -> json.writeNumber(number.longValue());
      case List<?> items -> {
        json.writeStartArray();
        for (Object item : items) {
          value(json, item);
        }
        json.writeEndArray();
      }
      default -> json.writeString(value.toString());
    }
  }

  /**
   * Writes one object and a final newline. When that fails, the generator is not closed: closing it
   * would send what it has buffered, and end what was begun as though it were whole.
   */
  static void document(OutputStream out, Body fields) throws IOException {
    JsonGenerator json = FACTORY.createGenerator(out);
    object(json, fields);
    json.writeRaw('\n');
    json.close();
  }

  static void object(JsonGenerator json, Body fields) throws IOException {
    json.writeStartObject();
    fields.write(json);
    json.writeEndObject();
  }

  static void object(JsonGenerator json, String name, Body fields) throws IOException {
    json.writeFieldName(name);
    object(json, fields);
  }

  static void array(JsonGenerator json, String name, Body items) throws IOException {
    json.writeArrayFieldStart(name);
    items.write(json);
    json.writeEndArray();
  }

  /** A string, or null; other objects by their text. */
  static void text(JsonGenerator json, String name, @Nullable Object value) throws IOException {
    json.writeStringField(name, value == null ? null : value.toString());
  }

  /** ISO 8601 in UTC, to the second, or null. */
  static void time(JsonGenerator json, String name, @Nullable Instant value) throws IOException {
    text(json, name, value == null ? null : value.truncatedTo(ChronoUnit.SECONDS));
  }

  /** The document that stands for an error. */
  static String error(String sentence) {
    return "{\"error\":\""
        + new String(JsonStringEncoder.getInstance().quoteAsString(sentence))
        + "\"}\n";
  }
}
