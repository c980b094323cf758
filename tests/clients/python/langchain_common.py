"""What LangChain's chat models all do alike. `model` makes one for an address, a token and headers."""

import json

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from pydantic import BaseModel
from reporting import *


class City(BaseModel):
    """A city."""

    name: str
    population: int


@tool
def get_weather(city: str) -> str:
    """The weather in a city"""
    return WEATHER


def behaviours(model, rejected, limited, failed, schema_method):
    def plain():
        answer = model().invoke(HELLO)
        return [answer.text, answer.response_metadata.get("model_name") or answer.response_metadata.get("model")]

    def called():
        able = model().bind_tools([get_weather])
        question = HumanMessage(WEATHER_QUESTION)
        first = able.invoke([question])
        [call] = first.tool_calls
        result = ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"])
        return [call["name"], call["args"], able.invoke([question, first, result]).text]

    def streamed_call():
        whole = None
        for chunk in model().bind_tools([get_weather]).stream(WEATHER_QUESTION):
            whole = chunk if whole is None else whole + chunk
        [call] = whole.tool_calls
        return [call["name"], call["args"]]

    def parsed(method):
        return model().with_structured_output(City, method=method).invoke(CITY_QUESTION).model_dump()

    def streamed_parsed():
        [*_, last] = model().with_structured_output(CITY_SCHEMA | {"title": "City", "description": "A city."}, method=schema_method).stream(CITY_QUESTION)
        return last if isinstance(last, dict) else json.loads(last)

    return {
        "plain": plain,
        "stream": lambda: pieces(chunk.text for chunk in model().stream(HELLO)),
        "tool": called,
        "streamed_tool": streamed_call,
        "json": lambda: parsed(schema_method),
        "streamed_json": streamed_parsed,
        "wrong_token": lambda: status_of(rejected, lambda: model(token="another").invoke(HELLO)),
        "too_many": lambda: status_of(limited, lambda: model(BUSY_URL).invoke(HELLO)),
        "unanswered": lambda: status_of(failed, lambda: model().invoke(NOBODY)),
        "local_only": lambda: model(headers=LOCAL_ONLY).invoke(HELLO).text,
    }
