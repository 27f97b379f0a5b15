"""The words of the connection check."""

from __future__ import annotations

from typing import Final

from readiness.advice import Advice, CheckWords
from readiness.text import N_

WORDS: Final = CheckWords(
    name=N_("Connection"),
    prompt=N_("We try to reach the web pages for your visit."),
    findings={
        "ok": Advice(
            text=N_("Your computer can reach the web pages for your visit."),
            agent=N_("Your connection works. You do not need to change a thing."),
            confirm=N_("Can you open web pages in your browser?"),
        ),
        "online": Advice(
            text=N_("You are online now."),
            agent=N_("Your connection works. We did not call the site of your doctor."),
            confirm=N_("Can you open web pages in your browser?"),
        ),
        "not_checked": Advice(
            text=N_("We could not check your connection. {reason}"),
            steps=(
                N_("Open a web page to see if the internet works."),
                N_("Try again."),
                N_("You can also join with your phone or tablet."),
            ),
            agent=N_("We could not check your connection. It may still work."),
            confirm=N_("Can you open web pages in your browser?"),
        ),
        "no_link": Advice(
            text=N_("This computer is not on the internet yet."),
            steps=(
                N_("Turn on Wi-Fi, and turn off airplane mode."),
                N_("Pick your network and type in its password."),
                N_("If you use a network cord, push both plugs all the way in."),
            ),
            agent=N_("Your computer is not on the internet yet. Let us turn on Wi-Fi."),
            confirm=N_("Is Wi-Fi turned off, or is the network cord out?"),
            settings="network",
        ),
        "no_address": Advice(
            text=N_("Your computer found the network, but it was not let in."),
            steps=(
                N_("Turn Wi-Fi off, wait ten seconds and turn it on."),
                N_("Unplug your internet box. Wait one minute and plug it in again."),
                N_("If that does not help, start the computer again."),
            ),
            agent=N_("Your internet box did not let your computer in. Let us start the box again."),
            confirm=N_("Do phones on the same Wi-Fi have no internet, too?"),
            settings="network",
        ),
        "no_gateway": Advice(
            text=N_("Your internet box does not answer."),
            steps=(
                N_("Unplug your internet box. Wait one minute and plug it in again."),
                N_("Wait five minutes, and try again."),
                N_("If you use Wi-Fi, make sure that it is your own network."),
            ),
            agent=N_("Your internet box does not answer. Let us unplug it for one minute."),
            confirm=N_("Do phones on the same Wi-Fi have no internet, too?"),
            settings="network",
        ),
        "no_dns": Advice(
            text=N_("Your network works, but it can't look up web pages."),
            steps=(
                N_("Unplug your internet box. Wait one minute and plug it in again."),
                N_("If you use a VPN, turn it off."),
                N_("If that does not help, call your internet company."),
            ),
            agent=N_("Your network can't look up web pages. Let us start your internet box again."),
            confirm=N_("Do web pages stay empty in your browser, too?"),
            settings="network",
        ),
        "no_internet": Advice(
            text=N_("Your network works, but the internet does not answer."),
            steps=(
                N_("Unplug your internet box. Wait one minute and plug it in again."),
                N_("Wait five minutes, and try again."),
                N_("If that does not help, call your internet company."),
            ),
            agent=N_("Your network works, but the internet does not answer. Let us start the box again."),
            confirm=N_("Do web pages stay empty in your browser, too?"),
            settings="network",
        ),
        "captive_portal": Advice(
            text=N_("This network wants you to sign in first."),
            steps=(
                N_("Open your browser, and go to {url}."),
                N_("Sign in, or press Accept, on the page that opens."),
                N_("Come back here and try again."),
            ),
            agent=N_("This network wants you to sign in first. Please open any web page."),
            confirm=N_("Are you on the Wi-Fi of a hotel, a shop or a clinic?"),
        ),
        "proxy_login": Advice(
            text=N_("This network asks for a name and a password."),
            steps=(
                N_("Open a web page, and sign in when you are asked."),
                N_("At work, ask the people who look after the computers."),
                N_("You can also use your home Wi-Fi, or your phone."),
            ),
            agent=N_("This network asks for a name and a password. Is it a network at work?"),
            confirm=N_("Are you at work or at school?"),
        ),
        "tls_intercepted": Advice(
            text=N_("We could not get a safe line to your visit from here. Another network may help."),
            steps=(
                N_("Make sure that the date and the time are right on this computer."),
                N_("Try your home Wi-Fi, or join with your phone."),
                N_("At work, ask the people who look after the computers."),
            ),
            agent=N_("Something on this network opens the safe line. Its name is {issuer}."),
            confirm=N_("Are you at work or at school?"),
        ),
        "wrong_clock": Advice(
            text=N_("The date or the time on this computer is not right. Safe pages need it."),
            steps=(
                N_("Open the settings, and look for date and time."),
                N_("Turn on the switch that sets the time by itself."),
                N_("Come back here and try again."),
            ),
            agent=N_("The date or the time on your computer is not right. Let us set it."),
            confirm=N_("Does your computer show a wrong date or a wrong time?"),
        ),
        "proxy_down": Advice(
            text=N_("This computer goes online through a helper, and the helper does not let us out."),
            steps=(
                N_("Open a web page. If it opens, try again here."),
                N_("At home, open the network settings. Turn off what is called “Proxy” there."),
                N_("At work, ask the people who look after the computers."),
            ),
            agent=N_("Your computer goes online through a helper. In the settings it is called “Proxy”."),
            confirm=N_("Do web pages stay empty in your browser, too?"),
            settings="network",
        ),
        "proxy_script": Advice(
            text=N_(
                "Your browser asks {host} for its way out. We can't ask, so it may do better or worse than we did."
            ),
            steps=(
                N_("Open a web page to see if your browser gets through."),
                N_("At work, ask the people who look after the computers."),
                N_("You can also use your home Wi-Fi, or your phone."),
            ),
            agent=N_("Your browser asks {host} for its way out, and we can't. Let us open a web page."),
            confirm=N_("Are you at work or at school?"),
        ),
        "socks_proxy": Advice(
            text=N_("Your browser goes online through a helper. We can't, so it may do better or worse than we did."),
            steps=(
                N_("Open a web page to see if your browser gets through."),
                N_("At home, open the network settings. Turn off what is called “Proxy” there."),
                N_("At work, ask the people who look after the computers."),
            ),
            agent=N_("Your browser goes online through a helper. In the settings it is called “SOCKS Proxy”."),
            confirm=N_("Did you set up a helper, for work or to stay private?"),
            settings="network",
        ),
        "slow": Advice(
            text=N_("Answers come, but very late. Your video may stop and start."),
            steps=(
                N_("Stop films, games and big downloads in your home."),
                N_("Move up close to your internet box, or plug in a network cord."),
                N_("If it stays slow, you can ask for a phone visit."),
            ),
            agent=N_("Your line answers, but very late. Is somebody watching a film, or loading something big?"),
            confirm=N_("Do web pages open slowly, too?"),
            settings="network",
        ),
        "provider_unreachable": Advice(
            text=N_("Your internet works, but some pages for the visit did not answer."),
            steps=(
                N_("Wait five minutes, and try again."),
                N_("Try another network, or join with your phone."),
                N_("If that does not help, call for technical help."),
            ),
            agent=N_("Your internet works. No answer came from {hosts}."),
            confirm=N_("Do other web pages open well?"),
        ),
        "weak_wifi": Advice(
            text=N_("Your Wi-Fi is weak. It has {bars} of 4 bars."),
            steps=(
                N_("Move up close to your internet box."),
                N_("If you can, plug in a network cord."),
            ),
            agent=N_("Your Wi-Fi has {bars} of 4 bars. Please move up close to your internet box."),
            confirm=N_("Is the internet box in another room?"),
            settings="network",
        ),
        "vpn": Advice(
            text=N_("A VPN is on. It can make your picture slow."),
            steps=(
                N_("If you may, turn the VPN off for the visit."),
                N_("At work, ask first."),
            ),
            agent=N_("A VPN is on. If you may, please turn it off for the visit."),
            confirm=N_("Do you use a VPN, for work or to stay private?"),
        ),
        "line_in_use": Advice(
            text=N_("Another program uses your internet now. It can make your picture slow."),
            steps=(
                N_("Stop films, music and big downloads on this computer."),
                N_("Let updates and backups end first."),
                N_("Come back here and try again."),
            ),
            agent=N_(
                "Other programs get {down_mbps} and send {up_mbps} megabits a second. Please close what you do not need."
            ),
            confirm=N_("Is a film, a download or a backup running on your computer?"),
        ),
        "metered": Advice(
            text=N_("This line may cost money by use. Our test takes up to {test_mb} MB, and a visit takes more."),
            steps=(
                N_("If you can, use your home Wi-Fi."),
                N_("If you can't, ask your phone company what it costs."),
            ),
            agent=N_("Your line may cost money by use. Our test takes up to {test_mb} MB, and a visit takes more."),
            confirm=N_("Are you online through a phone?"),
            settings="network",
        ),
    },
)
