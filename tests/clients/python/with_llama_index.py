"""LlamaIndex with OpenAI's models. It knows models by name only, so that it is given one of OpenAI's: any name means the whole chain."""

import openai
from llama_index.core import PromptTemplate
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAI
from pydantic import BaseModel
from reporting import *

MODEL = "gpt-4o"


class City(BaseModel):
    """A city."""

    name: str
    population: int


def get_weather(city: str) -> str:
    """The weather in a city"""
    return WEATHER


TOOL = FunctionTool.from_defaults(get_weather)


def model(url=URL, token=TOKEN, headers={}):
    return OpenAI(model=MODEL, api_base=f"{url}/v1", api_key=token, max_retries=0, default_headers=headers)


def say(text, by=None):
    return (by or model()).chat([ChatMessage(role="user", content=text)])


def plain():
    answer = say(HELLO)
    return [answer.message.content, answer.raw.model]


def stream():
    return pieces(chunk.delta for chunk in model().stream_chat([ChatMessage(role="user", content=HELLO)]))


def tool():
    question = ChatMessage(role="user", content=WEATHER_QUESTION)
    first = model().chat_with_tools([TOOL], chat_history=[question])
    [call] = model().get_tool_calls_from_response(first)
    result = ChatMessage(
        role="tool", content=str(TOOL(**call.tool_kwargs)), additional_kwargs={"tool_call_id": call.tool_id}
    )
    answer = model().chat_with_tools([TOOL], chat_history=[question, first.message, result])
    return [call.tool_name, call.tool_kwargs, answer.message.content]


def streamed_tool():
    [*_, last] = model().stream_chat_with_tools([TOOL], user_msg=WEATHER_QUESTION)
    [call] = model().get_tool_calls_from_response(last)
    return [call.tool_name, call.tool_kwargs]


def streamed_json():
    [*_, last] = model().stream_structured_predict(City, PromptTemplate(CITY_QUESTION))
    return last.model_dump()


def embeddings():
    embedder = OpenAIEmbedding(api_base=f"{URL}/v1", api_key=TOKEN, max_retries=0)
    return nearness(embedder.get_text_embedding_batch(TEXTS))


report(
    {
        "plain": plain,
        "stream": stream,
        "tool": tool,
        "streamed_tool": streamed_tool,
        "json": lambda: model().structured_predict(City, PromptTemplate(CITY_QUESTION)).model_dump(),
        "streamed_json": streamed_json,
        "embeddings": embeddings,
        "wrong_token": lambda: status_of(openai.AuthenticationError, lambda: say(HELLO, model(token="another"))),
        "too_many": lambda: status_of(openai.RateLimitError, lambda: say(HELLO, model(BUSY_URL))),
        "unanswered": lambda: status_of(openai.InternalServerError, lambda: say(NOBODY)),
        "local_only": lambda: say(HELLO, model(headers=LOCAL_ONLY)).message.content,
    }
)
